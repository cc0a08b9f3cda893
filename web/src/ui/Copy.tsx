import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { shellQuoted } from '~/app/text';

export interface Call {
    method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
    /** From /api on, with its query. */
    path: string;
    body?: unknown;
}

/** The call as a line for a shell; the key is a variable, never written out. */
export function asCurl(call: Call, origin = globalThis.location.origin): string {
    const parts = ['curl', '-sS', '-H', '"Authorization: Bearer $VIGIA_KEY"'];
    if (call.method && call.method !== 'GET') parts.push('-X', call.method);
    if (call.body !== undefined)
        parts.push(
            '-H',
            shellQuoted('Content-Type: application/json'),
            '--data-raw',
            shellQuoted(JSON.stringify(call.body)),
        );
    parts.push(shellQuoted(origin + call.path));
    return parts.join(' ');
}

/** Copies a text, and says so over the page. */
export function useCopy(): (text: string) => Promise<void> {
    const t = useText();
    const flash = useFlash();
    return async (text) => {
        await navigator.clipboard.writeText(text);
        flash.push({ id: 'copied', type: 'success', content: t('ui.copied') });
    };
}

/** Copies this view's link, its call as cURL, or more texts. */
export function CopyAs({
    call,
    json,
    more = [],
}: {
    call?: Call;
    json?: unknown;
    more?: { id: string; text: string; copy: string }[];
}) {
    const t = useText();
    const copy = useCopy();
    return (
        <ButtonDropdown
            items={[
                { id: 'link', text: t('ui.copy.link') },
                ...(call ? [{ id: 'curl', text: t('ui.copy.curl') }] : []),
                ...(json !== undefined ? [{ id: 'json', text: t('ui.copy.json') }] : []),
                ...more.map(({ id, text }) => ({ id, text })),
            ]}
            onItemClick={({ detail }) => {
                if (detail.id === 'link') copy(globalThis.location.href);
                else if (detail.id === 'curl' && call) copy(asCurl(call));
                else if (detail.id === 'json') copy(JSON.stringify(json, null, 2));
                else copy(more.find((one) => one.id === detail.id)?.copy ?? '');
            }}
        >
            {t('ui.copy')}
        </ButtonDropdown>
    );
}
