import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { Fragment, useMemo, useState } from 'react';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { Code } from './Code';
import { type ExplainedField, type Laid, laidOut, type Truth } from './explained';

const signs = { true: 'success', false: 'error', undecided: 'stopped' } as const;

/** A verdict by its sign and a word: never by its colour alone. */
function Verdict({ verdict }: { verdict: Truth }) {
    const t = useText();
    return <StatusIndicator type={signs[verdict]}>{t(`ui.explain.${verdict}`)}</StatusIndicator>;
}

/** Why a filter holds of an event, or does not: each of its conditions with its verdict and the values that made it. */
export function FilterExplained({ explained }: { explained: Schemas['Explained'] }) {
    const t = useText();
    const { explanation, filter } = explained;
    const laid = useMemo(() => explanation && laidOut(explanation, filter), [explanation, filter]);
    if (!laid)
        return (
            <StatusIndicator type="stopped">{t('ui.explain.other', { type: explained.event.type })}</StatusIndicator>
        );
    return (
        <ul className="vg-explained" aria-label={t('ui.explain')}>
            <Part part={laid} />
        </ul>
    );
}

function Part({ part }: { part: Laid }) {
    const t = useText();
    const [all, setAll] = useState(false);
    const shown = all ? [...part.children, ...part.others].sort((a, b) => a.key - b.key) : part.children;
    return (
        <li className={`vg-explained-${part.verdict}`}>
            <div className="vg-explained-line">
                <Verdict verdict={part.verdict} />
                <div className="vg-explained-what">
                    <What part={part} />
                </div>
            </div>
            {shown.length > 0 && (
                <ul>
                    {shown.map((one) => (
                        <Part key={one.key} part={one} />
                    ))}
                    {part.others.length > 0 && (
                        <li>
                            <Button variant="inline-link" ariaExpanded={all} onClick={() => setAll(!all)}>
                                {t(all ? 'ui.explain.fewer' : 'ui.explain.others', { count: part.others.length })}
                            </Button>
                        </li>
                    )}
                </ul>
            )}
        </li>
    );
}

function What({ part }: { part: Laid }) {
    const t = useText();
    switch (part.kind) {
        case 'condition':
            return (
                <>
                    <Code>{part.text}</Code>
                    {part.fields.map((one, at) => (
                        <Found key={one.field} field={one} inside={part.inside} named={at > 0} />
                    ))}
                </>
            );
        case 'element':
            return (
                <>
                    <Code>{part.text}</Code>
                    <Box color="text-body-secondary" fontSize="body-s">
                        {part.element === null
                            ? t('ui.explain.element.none')
                            : t('ui.explain.element', { element: part.element, elements: part.elements })}
                    </Box>
                </>
            );
        default:
            return <strong>{t(`ui.explain.${part.kind}`)}</strong>;
    }
}

/** What a field of the condition is in the event, or in the element that is told of. */
function Found({ field, inside, named }: { field: ExplainedField; inside: boolean; named: boolean }) {
    const t = useText();
    const more = field.count - field.values.length;
    const found = inside ? 'ui.explain.found.element' : 'ui.explain.found';
    return (
        <div className="vg-explained-found">
            {named ? t('ui.explain.found.of', { field: field.field }) : t(found)}{' '}
            {field.values.length === 0 && <em>{t('ui.explain.nothing')}</em>}
            {field.values.map(({ text, type, cut }, at) => (
                <Fragment key={at}>
                    {at > 0 && ', '}
                    <Code>{`${type === 'text' ? JSON.stringify(text) : text}${cut ? '…' : ''}`}</Code>
                </Fragment>
            ))}
            {more > 0 && ` ${t('ui.explain.more', { count: more })}`}
        </div>
    );
}
