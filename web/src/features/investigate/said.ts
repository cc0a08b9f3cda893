import { useIntl } from 'react-intl';

/** The sentence that a title of the server is, and what stands in it. */
export interface EventSaid {
    code: string;
    params: Record<string, string>;
}

/** What the texts `investigate.said.*` take: each parameter, and whether the event says it. */
export function valuesOf(said: EventSaid): Record<string, string> {
    const values: Record<string, string> = {};
    for (const [name, value] of Object.entries(said.params)) {
        values[name] = value;
        values[`has_${name}`] = value === '' ? 'no' : 'yes';
    }
    return values;
}

/** Says what happened in the console's language. A sentence that is newer than the console stands as the server has it. */
export function useTitle(): (one: { title: string; said?: EventSaid | undefined }) => string {
    const intl = useIntl();
    return ({ title, said }) => {
        const id = `investigate.said.${said?.code}`;
        if (!said || !(id in intl.messages)) return title;
        return intl.formatMessage({ id }, valuesOf(said));
    };
}
