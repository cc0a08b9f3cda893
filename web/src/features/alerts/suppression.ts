/** A value as a filter writes it. */
const quoted = (text: string) => JSON.stringify(text);

/** The filter that holds of events with the values of an alert: what a suppression of it begins with. */
export function filterOfAggregates(aggregates: readonly { field: string; value: string }[]): string {
    return aggregates
        .map(({ field, value }) => (value === '' ? `${field} = null` : `${field} = ${quoted(value)}`))
        .join('\nand ');
}
