import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { ApiError, api, type Schemas, versioned } from '~/api/client';
import { searchesQuery } from './SavedViews';

/** What was pinned to a case; it keeps the words, so that the case still reads when the event is no longer stored. */
export interface Pin {
    kind: 'event' | 'alert';
    id: string;
    time: string;
    title: string;
    note: string;
}
export interface CaseNote {
    at: string;
    by: string;
    text: string;
}
export const verdicts = ['open', 'malicious', 'suspicious', 'benign'] as const;
export type Verdict = (typeof verdicts)[number];
export interface CaseBody {
    page: 'case';
    status: 'open' | 'closed';
    verdict: Verdict;
    notes: CaseNote[];
    pins: Pin[];
}
export interface Case extends CaseBody {
    id: string;
    name: string;
    own: boolean;
    created_at: string;
    updated_at: string;
}

export const emptyCase: CaseBody = { page: 'case', status: 'open', verdict: 'open', notes: [], pins: [] };

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const list = (value: unknown): Record<string, unknown>[] =>
    Array.isArray(value) ? value.filter((one) => one !== null && typeof one === 'object') : [];

/** A saved search as a case; null when it is none. Others may have written it: what does not fit is left out. */
export function caseOf(search: Schemas['SavedSearch']): Case | null {
    const body = search.body as Record<string, unknown>;
    if (body.page !== 'case') return null;
    const { id, name, own, created_at, updated_at } = search;
    return {
        id,
        name,
        own,
        created_at,
        updated_at,
        page: 'case',
        status: body.status === 'closed' ? 'closed' : 'open',
        verdict: verdicts.find((one) => one === body.verdict) ?? 'open',
        notes: list(body.notes).map((one) => ({ at: text(one.at), by: text(one.by), text: text(one.text) })),
        pins: list(body.pins)
            .filter((one) => text(one.id) && !Number.isNaN(Date.parse(text(one.time))))
            .map((one) => ({
                kind: one.kind === 'alert' ? 'alert' : 'event',
                id: text(one.id),
                time: text(one.time),
                title: text(one.title),
                note: text(one.note),
            })),
    };
}

export const casesQuery = () =>
    queryOptions({
        ...searchesQuery(),
        select: (searches: Schemas['SavedSearch'][]) =>
            searches
                .map(caseOf)
                .filter((one) => one !== null)
                .toSorted((a, b) => b.updated_at.localeCompare(a.updated_at)),
    });

const load = (id: string, signal?: AbortSignal) =>
    versioned(api.GET('/api/v1/searches/{id}', { signal, params: { path: { id } } }));

/** A case by its id; an ApiError `not_found` when a search of the id is none. */
export const caseQuery = (id: string) =>
    queryOptions({
        queryKey: ['searches', id],
        queryFn: async ({ signal }) => {
            const found = caseOf((await load(id, signal)).data);
            if (!found) throw new ApiError(404, 'not_found', '', {}, null);
            return found;
        },
    });

/** What of it is stored. */
const bodyOf = ({ page, status, verdict, notes, pins }: Case): CaseBody => ({ page, status, verdict, notes, pins });

/** Makes a case that everybody of the organisation sees. */
export async function addCase(client: QueryClient, name: string, first: Partial<CaseBody> = {}): Promise<Case> {
    const body = { ...emptyCase, ...first } as never;
    const { data } = await versioned(api.POST('/api/v1/searches', { body: { name, shared: true, body } }));
    await client.invalidateQueries({ queryKey: ['searches'] });
    return caseOf(data)!;
}

const attempts = 4;

/** Changes the case as it stands now: when somebody else was faster, theirs is read and the change made anew. */
export async function changeCase(client: QueryClient, id: string, change: (before: Case) => Case): Promise<Case> {
    for (let attempt = 1; ; attempt++) {
        const { data, etag } = await load(id);
        const before = caseOf(data);
        if (!before) throw new ApiError(404, 'not_found', '', {}, null);
        const after = change(before);
        try {
            const answer = await versioned(
                api.PUT('/api/v1/searches/{id}', {
                    params: { path: { id }, header: { 'If-Match': etag } },
                    body: { name: after.name, shared: data.shared, body: bodyOf(after) as never },
                }),
            );
            await client.invalidateQueries({ queryKey: ['searches'] });
            return caseOf(answer.data)!;
        } catch (error) {
            if (!(error instanceof ApiError && error.code === 'changed_meanwhile') || attempt === attempts) throw error;
        }
    }
}

/** With the pin, in the order of time; what is pinned already is not pinned twice. */
export function withPin(before: Case, pin: Pin): Case {
    const rest = before.pins.filter((one) => one.kind !== pin.kind || one.id !== pin.id);
    return { ...before, pins: [...rest, pin].toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time)) };
}

const escaped = (line: string) => line.replace(/([\\`*_{}[\]<>#|])/g, '\\$1').replace(/\s*\n\s*/g, ' ');

/** The case to read elsewhere; the titles are those of the parts. */
export function asMarkdown(
    one: Case,
    titles: { status: string; verdict: string; pins: string; notes: string },
    origin = globalThis.location.origin,
): string {
    const lines = [`# ${escaped(one.name)}`, '', titles.status, '', titles.verdict, '', `## ${titles.pins}`, ''];
    for (const pin of one.pins) {
        const path = `${pin.kind === 'alert' ? '/alerts' : '/events'}/${encodeURIComponent(pin.id)}`;
        lines.push(
            `- ${pin.time} [${escaped(pin.title)}](${origin}${path})${pin.note ? `: ${escaped(pin.note)}` : ''}`,
        );
    }
    lines.push('', `## ${titles.notes}`, '');
    for (const note of one.notes) lines.push(`### ${note.at} ${escaped(note.by)}`, '', note.text, '');
    return `${lines.join('\n').trimEnd()}\n`;
}
