import { conditionOf } from '~/filter';

/** The filter that holds of events with the values of an alert: what a suppression of it begins with. */
export function filterOfAggregates(aggregates: readonly { field: string; value: string }[]): string {
    return aggregates.map(({ field, value }) => conditionOf(field, value === '' ? null : value)).join('\nand ');
}
