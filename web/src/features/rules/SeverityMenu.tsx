import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { useText } from '~/app/intl';
import { severities } from '~/ui/Severity';
import type { SeverityLevel } from './data';

/** A rule's severity, changed by a click. */
export function SeverityMenu({
    name,
    level,
    disabled,
    onChange,
}: {
    name: string;
    level: SeverityLevel;
    disabled: boolean;
    onChange: (level: SeverityLevel) => void;
}) {
    const t = useText();
    return (
        <ButtonDropdown
            variant="inline-icon"
            expandToViewport
            disabled={disabled}
            ariaLabel={t('rules.severity.of', { name, level })}
            items={severities.map((one) => ({
                id: String(one),
                text: t(`ui.severity.${one}`),
                iconName: one === level ? ('check' as const) : undefined,
            }))}
            onItemClick={({ detail }) => onChange(Number(detail.id) as SeverityLevel)}
        />
    );
}
