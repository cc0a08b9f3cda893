import DateRangePicker, { type DateRangePickerProps } from '@cloudscape-design/components/date-range-picker';
import { useText } from '~/app/intl';
import { usePreferences } from '~/app/preferences';
import { type Range, rfc3339, seconds } from '~/app/range';

const offered = ['15m', '1h', '24h', '7d', '30d', '90d'] as const;
const unitNames = { m: 'minute', h: 'hour', d: 'day', w: 'week' } as const;
const letters: Record<string, string> = { minute: 'm', hour: 'h', day: 'd', week: 'w' };

function relativeOf(last: string): DateRangePickerProps.RelativeOption {
    const letter = last.slice(-1) as keyof typeof unitNames;
    return { type: 'relative', key: last, amount: Number(last.slice(0, -1)), unit: unitNames[letter] };
}

/** The span of time that a view looks at. With `onClear` it can be taken off, and `value` be null: then `none` is shown. */
export function TimeRange({
    value,
    onChange,
    longest = '1y',
    onClear,
    none,
}: {
    value: Range | null;
    onChange: (range: Range) => void;
    longest?: string;
    onClear?: () => void;
    none?: string;
}) {
    const t = useText();
    const { preferences } = usePreferences();
    const offset = preferences.zone === 'utc' ? 0 : undefined;
    return (
        <DateRangePicker
            value={
                !value
                    ? null
                    : 'last' in value
                      ? relativeOf(value.last)
                      : { type: 'absolute', startDate: value.from, endDate: value.until }
            }
            onChange={({ detail }) => {
                if (!detail.value) return onClear?.();
                if (detail.value.type === 'absolute')
                    onChange({
                        from: rfc3339(Date.parse(detail.value.startDate)),
                        until: rfc3339(Date.parse(detail.value.endDate)),
                    });
                else onChange({ last: `${detail.value.amount}${letters[detail.value.unit] ?? 'd'}` });
            }}
            relativeOptions={offered.map(relativeOf)}
            isValidRange={(range) => {
                if (!range) return { valid: false, errorMessage: t('ui.range.none') };
                if (range.type === 'absolute') {
                    if (!range.startDate || !range.endDate) return { valid: false, errorMessage: t('ui.range.part') };
                    if (Date.parse(range.startDate) >= Date.parse(range.endDate))
                        return { valid: false, errorMessage: t('ui.range.order') };
                    return { valid: true };
                }
                const last = `${range.amount}${letters[range.unit] ?? ''}`;
                return seconds(last) === null
                    ? { valid: false, errorMessage: t('ui.range.unit', { longest }) }
                    : { valid: true };
            }}
            showClearButton={Boolean(onClear)}
            timeOffset={offset}
            absoluteFormat="long-localized"
            hideTimeOffset={offset === undefined}
            placeholder={none ?? t('ui.range.none')}
            i18nStrings={{ ariaLabel: t('ui.range') }}
        />
    );
}
