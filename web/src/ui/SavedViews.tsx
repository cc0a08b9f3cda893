import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, body, type Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { Dialog } from './Dialog';
import { ErrorBox } from './ErrorBox';

type Search = Schemas['SavedSearch'];

export interface SavedView {
    id: string;
    name: string;
    shared: boolean;
    own: boolean;
    /** The query of the page's URL, without the question mark. */
    url: string;
}

/** The saved searches that are views of this page; others were saved elsewhere. */
export function viewsOf(searches: readonly Search[], page: string): SavedView[] {
    return searches.flatMap(({ id, name, shared, own, body: kept }) => {
        const { page: of, url } = kept as { page?: unknown; url?: unknown };
        return of === page && typeof url === 'string' ? [{ id, name, shared, own, url }] : [];
    });
}

export const searchesQuery = () =>
    queryOptions({
        queryKey: ['searches'],
        queryFn: async ({ signal }) => (await body(api.GET('/api/v1/searches', { signal }))).searches,
    });

/** Views of a page that people keep by name. The URL holds the whole view, so a link to it outlives what is saved. */
export function SavedViews({ page, path, url }: { page: string; path: string; url: string }) {
    const t = useText();
    const navigate = useNavigate();
    const [dialog, setDialog] = useState<'save' | 'remove' | null>(null);
    const searches = useQuery(searchesQuery());
    const views = viewsOf(searches.data ?? [], page);
    const item = ({ id, name, url: kept }: SavedView): ButtonDropdownProps.Item => ({
        id,
        text: name,
        ...(kept === url && { iconName: 'check' as const }),
    });
    const own = views.filter((one) => one.own).map(item);
    const others = views.filter((one) => !one.own).map(item);
    return (
        <>
            <ButtonDropdown
                expandToViewport
                items={[
                    ...(own.length > 0 ? [{ text: t('ui.views.own'), items: own }] : []),
                    ...(others.length > 0 ? [{ text: t('ui.views.others'), items: others }] : []),
                    { id: ':save', text: t('ui.views.save') },
                    { id: ':remove', text: t('ui.views.remove'), disabled: own.length === 0 },
                ]}
                onItemClick={({ detail }) => {
                    if (detail.id === ':save') setDialog('save');
                    else if (detail.id === ':remove') setDialog('remove');
                    else navigate(`${path}?${views.find((one) => one.id === detail.id)?.url ?? ''}`);
                }}
            >
                {t('ui.views')}
            </ButtonDropdown>
            {dialog === 'save' && <SaveModal page={page} url={url} close={() => setDialog(null)} />}
            {dialog === 'remove' && (
                <RemoveModal views={views.filter((one) => one.own)} close={() => setDialog(null)} />
            )}
        </>
    );
}

function useRefresh() {
    const client = useQueryClient();
    return () => client.invalidateQueries({ queryKey: ['searches'] });
}

function SaveModal({ page, url, close }: { page: string; url: string; close: () => void }) {
    const t = useText();
    const refresh = useRefresh();
    const [name, setName] = useState('');
    const [shared, setShared] = useState(false);
    const [tried, setTried] = useState(false);
    const save = useMutation({
        mutationFn: () =>
            body(
                api.POST('/api/v1/searches', {
                    body: { name: name.trim(), shared, body: { page, url } as never },
                }),
            ),
        onSuccess: () => refresh().then(close),
    });
    const submit = () => {
        setTried(true);
        if (name.trim()) save.mutate();
    };
    return (
        <Dialog
            header={t('ui.views.save.title')}
            action={t('ui.views.save.do')}
            run={submit}
            close={close}
            busy={save.isPending}
        >
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    submit();
                }}
            >
                <SpaceBetween size="m">
                    <FormField
                        label={t('ui.views.name')}
                        errorText={tried && !name.trim() && t('ui.views.name.missing')}
                    >
                        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
                    </FormField>
                    <Checkbox checked={shared} onChange={({ detail }) => setShared(detail.checked)}>
                        {t('ui.views.shared')}
                    </Checkbox>
                    {save.error && <ErrorBox error={save.error} />}
                </SpaceBetween>
            </form>
        </Dialog>
    );
}

function RemoveModal({ views, close }: { views: readonly SavedView[]; close: () => void }) {
    const t = useText();
    const refresh = useRefresh();
    const [id, setId] = useState(views[0]?.id ?? '');
    const remove = useMutation({
        mutationFn: () => api.DELETE('/api/v1/searches/{id}', { params: { path: { id } } }),
        onSuccess: () => refresh().then(close),
    });
    const chosen = views.find((one) => one.id === id);
    return (
        <Dialog
            header={t('ui.views.remove.title')}
            action={t('ui.views.remove.do')}
            run={() => remove.mutate()}
            close={close}
            busy={remove.isPending}
            disabled={!chosen}
            primary={false}
        >
            <SpaceBetween size="m">
                <FormField label={t('ui.views')} description={chosen?.shared ? t('ui.views.remove.shared') : undefined}>
                    <Select
                        selectedOption={chosen ? { value: chosen.id, label: chosen.name } : null}
                        options={views.map((one) => ({ value: one.id, label: one.name }))}
                        onChange={({ detail }) => setId(detail.selectedOption.value ?? '')}
                        expandToViewport
                    />
                </FormField>
                {remove.error && <ErrorBox error={remove.error} />}
            </SpaceBetween>
        </Dialog>
    );
}
