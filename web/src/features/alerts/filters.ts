import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import { type Property, properties, type View } from './view';

const known = new Set<string>(properties);

/** What the filter shows of a view. A title is looked for, the others are equal. */
export function tokensOf(view: View): PropertyFilterProps.Token[] {
    return properties.flatMap((name) => {
        const value = view.properties[name];
        return value === undefined ? [] : [{ propertyKey: name, operator: name === 'title' ? ':' : '=', value }];
    });
}

/** What the URL must carry for tokens. Of one property the last counts; a text without one is looked for in titles. */
export function patchOf(tokens: readonly PropertyFilterProps.Token[]): Record<Property, string | null> {
    const patch = Object.fromEntries(properties.map((name) => [name, null])) as Record<Property, string | null>;
    for (const { propertyKey, value } of tokens) {
        const name = (propertyKey ?? 'title') as Property;
        if (known.has(name)) patch[name] = String(value).trim() || null;
    }
    return patch;
}

export const cloudTrail = 'CloudTrail';

/** Which of the tabs a view is: a severity, CloudTrail, or all. */
export function tabOfView(view: View): string {
    if (view.severity) return String(view.severity);
    return view.properties.type === cloudTrail ? cloudTrail : 'all';
}

/** What the URL must carry for a tab. A severity is taken of what is shown, so that its number holds. */
export function patchOfTab(tab: string, view: View): { severity: string | null; type?: string | null } {
    if (tab === cloudTrail) return { severity: null, type: cloudTrail };
    if (tab !== 'all') return { severity: tab };
    return { severity: null, ...(view.properties.type === cloudTrail && { type: null }) };
}
