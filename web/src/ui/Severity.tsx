import Badge from '@cloudscape-design/components/badge';
import { useText } from '~/app/intl';

export type SeverityLevel = 1 | 2 | 3;
export const severities: readonly SeverityLevel[] = [1, 2, 3];
const colour = { 1: 'severity-critical', 2: 'severity-medium', 3: 'severity-neutral' } as const;

/** 1 wakes somebody, 2 is looked at today, 3 is kept for the audit. */
export function Severity({ level, long }: { level: number; long?: boolean }) {
    const t = useText();
    return (
        <Badge color={colour[level as SeverityLevel] ?? 'severity-neutral'}>
            {long ? t(`ui.severity.${level}`) : t('ui.severity.short', { level })}
        </Badge>
    );
}
