import { useIntl } from 'react-intl';
import { usePreferences } from './preferences';

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
    ['second', 60],
    ['minute', 60],
    ['hour', 24],
    ['day', 30],
    ['month', 12],
    ['year', Number.POSITIVE_INFINITY],
];

/** A time against now, in the largest unit of which there is one: [-5, 'minute']. */
export function relative(time: number, now: number): [number, Intl.RelativeTimeFormatUnit] {
    let amount = (time - now) / 1000;
    for (const [unit, size] of steps) {
        if (Math.abs(Math.trunc(amount)) < size) return [Math.trunc(amount), unit];
        amount /= size;
    }
    return [Math.trunc(amount), 'year'];
}

/** Texts of times, in the language and the zone that the person chose. */
export function useTimes() {
    const intl = useIntl();
    const { preferences } = usePreferences();
    const timeZone = preferences.zone === 'utc' ? 'UTC' : undefined;
    return {
        zone: preferences.zone,
        get zoneName() {
            return timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
        },
        absolute: (time: string | number | Date) =>
            intl.formatDate(time, {
                year: 'numeric',
                month: 'short',
                day: '2-digit',
                hour: '2-digit',
                minute: '2-digit',
                second: '2-digit',
                hourCycle: 'h23',
                timeZone,
                timeZoneName: 'short',
            }),
        day: (time: string | number | Date) => intl.formatDate(time, { month: 'short', day: '2-digit', timeZone }),
        clock: (time: string | number | Date) =>
            intl.formatDate(time, {
                hour: '2-digit',
                minute: '2-digit',
                second: '2-digit',
                hourCycle: 'h23',
                timeZone,
            }),
        short: (time: string | number | Date) =>
            intl.formatDate(time, {
                month: 'short',
                day: '2-digit',
                hour: '2-digit',
                minute: '2-digit',
                hourCycle: 'h23',
                timeZone,
            }),
        /** As `short`, to the second. */
        moment: (time: string | number | Date) =>
            intl.formatDate(time, {
                month: 'short',
                day: '2-digit',
                hour: '2-digit',
                minute: '2-digit',
                second: '2-digit',
                hourCycle: 'h23',
                timeZone,
            }),
        relative: (time: string | number | Date, now: number = Date.now()) => {
            const [amount, unit] = relative(new Date(time).getTime(), now);
            return intl.formatRelativeTime(amount, unit, { numeric: 'auto' });
        },
    };
}
