import Badge from '@cloudscape-design/components/badge';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';

/** How much more or less there is than in as long a time before. */
export function useChangeText(): (now: number, before: number) => string {
    const intl = useIntl();
    return (now, before) =>
        before === 0
            ? intl.formatNumber(now, { signDisplay: 'exceptZero' })
            : intl.formatNumber((now - before) / before, {
                  style: 'percent',
                  signDisplay: 'exceptZero',
                  maximumFractionDigits: 0,
              });
}

export function Change({ now, before, isNew }: { now: number; before: number; isNew?: boolean }) {
    const t = useText();
    const text = useChangeText();
    const intl = useIntl();
    if (isNew) return <Badge color="blue">{t('trends.new')}</Badge>;
    const direction = now > before ? 'rise' : now < before ? 'fall' : 'same';
    return (
        <span
            className={`vg-change vg-change-${direction}`}
            title={t('trends.change.title', { now: intl.formatNumber(now), before: intl.formatNumber(before) })}
        >
            {direction === 'rise' ? '▲ ' : direction === 'fall' ? '▼ ' : ''}
            {text(now, before)}
        </span>
    );
}
