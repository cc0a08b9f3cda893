import Badge from '@cloudscape-design/components/badge';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { type Findings as Counts, type Items, scanSeverities } from './kinds';

const colours = {
    CRITICAL: 'severity-critical',
    HIGH: 'severity-high',
    MEDIUM: 'severity-medium',
    LOW: 'severity-low',
    INFORMATIONAL: 'severity-neutral',
    UNDEFINED: 'severity-neutral',
} as const;

/** What the latest scan found, in short: the worst as badges. */
export function Findings({ scan }: { scan: Items['images']['scan'] }) {
    const t = useText();
    if (!scan) return <span className="vg-muted">{t('inventory.scan.never')}</span>;
    const some = scanSeverities.filter((one) => scan.findings[one] > 0);
    if (some.length === 0) return <>{t('inventory.scan.clean')}</>;
    return (
        <SpaceBetween direction="horizontal" size="xxs">
            {some.map((one) => (
                <Badge key={one} color={colours[one]}>
                    {t(`inventory.scan.${one}`, { count: scan.findings[one] })}
                </Badge>
            ))}
        </SpaceBetween>
    );
}

/** The same as bars, every severity with its number. */
export function FindingBars({ findings }: { findings: Counts }) {
    const t = useText();
    const intl = useIntl();
    const most = Math.max(1, ...scanSeverities.map((one) => findings[one]));
    return (
        <dl className="vg-findings">
            {scanSeverities.map((one) => (
                <div key={one}>
                    <dt>{t(`inventory.severity.${one}`)}</dt>
                    <dd>
                        <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                            <rect
                                className={`vg-finding-${one.toLowerCase()}`}
                                width={(findings[one] / most) * 100}
                                height={10}
                            />
                        </svg>
                        <span>{intl.formatNumber(findings[one])}</span>
                    </dd>
                </div>
            ))}
        </dl>
    );
}
