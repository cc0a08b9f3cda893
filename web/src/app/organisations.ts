/** The other organisations that the person may change to. */
export function useOrganisations(): { others: string[]; change(name: string): void } {
    return { others: [], change: () => undefined };
}
