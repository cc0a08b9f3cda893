import Button from '@cloudscape-design/components/button';
import Select from '@cloudscape-design/components/select';
import { type ReactNode, useMemo } from 'react';
import { useText } from '~/app/intl';
import { origins, type Rule, type Wanted } from './data';
import { SearchBox } from './SearchBox';

type Facet = Exclude<keyof Wanted, 'q'>;

/** What narrows the table of rules. */
export function RulesFilter({
    rules,
    wanted,
    onChange,
    children,
}: {
    rules: readonly Rule[];
    wanted: Wanted;
    onChange: (patch: Partial<Record<keyof Wanted, string | null>>) => void;
    /** What else stands in the row. */
    children?: ReactNode;
}) {
    const t = useText();
    const values = useMemo(() => {
        const of = (all: string[]) => [...new Set(all)].sort();
        return {
            ruleset: of(rules.flatMap((rule) => [rule.ruleset, ...rule.rulesets]).filter(Boolean)),
            type: of(rules.map((rule) => rule.type)),
            attack: of(rules.flatMap((rule) => rule.attack)),
        };
    }, [rules]);
    const select = (id: Facet, all: readonly string[], textOf: (value: string) => string = (value) => value) => {
        const items = [
            { value: '', label: t(`rules.any.${id}`) },
            ...all.map((value) => ({ value, label: textOf(value) })),
        ];
        return (
            <Select
                selectedOption={
                    items.find(({ value }) => value === wanted[id]) ?? { value: wanted[id], label: wanted[id] }
                }
                options={items}
                onChange={({ detail }) => onChange({ [id]: detail.selectedOption.value || null })}
                ariaLabel={t(`rules.any.${id}`)}
                expandToViewport
                filteringType={items.length > 12 ? 'auto' : 'none'}
            />
        );
    };
    return (
        <div className="vg-rules-filter">
            <div id="vg-rules-search">
                <SearchBox value={wanted.q} label={t('rules.find')} onChange={(q) => onChange({ q: q || null })} />
            </div>
            {select('ruleset', values.ruleset)}
            {select('type', values.type)}
            {select('status', ['on', 'off'], (value) => t(`rules.status.${value}`))}
            {select('severity', ['1', '2', '3'], (value) => t('ui.severity.short', { level: Number(value) }))}
            {select('attack', values.attack)}
            {select('origin', origins, (value) => t(`rules.origin.${value}`))}
            {Object.values(wanted).some(Boolean) && (
                <Button
                    variant="inline-link"
                    onClick={() =>
                        onChange({
                            q: null,
                            ruleset: null,
                            type: null,
                            status: null,
                            severity: null,
                            attack: null,
                            origin: null,
                        })
                    }
                >
                    {t('rules.clear')}
                </Button>
            )}
            {children}
        </div>
    );
}
