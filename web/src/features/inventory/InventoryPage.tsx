import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import Toggle from '@cloudscape-design/components/toggle';
import { useDeferredValue } from 'react';
import { Navigate, useNavigate, useParams } from 'react-router';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import { bounds, type Range, rangeOf, rangePatch } from '~/app/range';
import { link, useUrl } from '~/app/url';
import { CopyAs } from '~/ui/Copy';
import { Empty } from '~/ui/Empty';
import { Follow } from '~/ui/Follow';
import { ListTable } from '~/ui/ListTable';
import { TimeRange } from '~/ui/TimeRange';
import { useInventory } from './calls';
import { useColumns } from './columns';
import { type Items, identityOf, type Kind, kindOf, kinds } from './kinds';

export const rangeFallback = '30d';

export default function InventoryPage() {
    const t = useText();
    const url = useUrl();
    const navigate = useNavigate();
    const kind = kindOf(useParams().kind);
    if (!kind) return <Navigate to="/inventory/accounts" replace />;
    const range = rangeOf(url.params, rangeFallback);
    const patch = url.get('range') || url.get('from') ? rangePatch(range) : {};
    return (
        <Page
            title={t(`inventory.${kind}`)}
            parents={[[t('nav.inventory'), '/inventory/accounts']]}
            help={`inventory.${kind}.help`}
        >
            <ContentLayout
                header={
                    <Header
                        variant="h1"
                        description={t('inventory.what')}
                        actions={<TimeRange value={range} onChange={(next) => url.set(rangePatch(next))} />}
                    >
                        {t('nav.inventory')}
                    </Header>
                }
            >
                <Tabs
                    ariaLabel={t('nav.inventory')}
                    activeTabId={kind}
                    tabs={kinds.map((one) => ({
                        id: one,
                        label: t(`inventory.${one}`),
                        href: `/inventory/${one}`,
                        content: one === kind && <List key={one} kind={one} range={range} patch={patch} />,
                    }))}
                    onChange={({ detail }) => navigate(link(`/inventory/${detail.activeTabId}`, patch))}
                />
            </ContentLayout>
        </Page>
    );
}

/** Whether an item belongs to what the toggle of its kind leaves. */
const left: { [K in Kind]?: (item: Items[K]) => boolean } = {
    hosts: (host) => host.online,
    containers: (container) => container.state === 'running',
    images: (image) => image.running > 0 && image.scan !== null,
};

/** What the search looks in: all that is shown, or what the server's own search looks in. */
function textOf(item: object, identity: { id: string; name: string }, wide: boolean): string {
    if (wide) return `${identity.id} ${identity.name}`;
    const values = Object.values(item).filter((one) => typeof one === 'string' || Array.isArray(one));
    return [identity.id, identity.name, ...values.flat().filter((one) => typeof one === 'string')].join(' ');
}

function List<K extends Kind>({ kind, range, patch }: { kind: K; range: Range; patch: Record<string, string | null> }) {
    const t = useText();
    const url = useUrl();
    const search = useDeferredValue(url.get('q').trim());
    const list = useInventory(kind, range, search);
    const columns = useColumns(patch)[kind]();
    const only = left[kind] as ((item: Items[K]) => boolean) | undefined;
    const narrowed = only !== undefined && url.get('only') === '1';
    const items = narrowed ? list.items?.filter(only) : list.items;
    const { from, until } = bounds(range);
    return (
        <SpaceBetween size="s">
            <ListTable
                title={t(`inventory.${kind}`)}
                description={t(`inventory.${kind}.what`)}
                actions={
                    <CopyAs
                        call={{ path: link(`/api/v1/inventory/${kind}`, { since: from, until, limit: 500 }) }}
                        json={items}
                    />
                }
                columns={columns}
                items={items}
                total={narrowed || search ? undefined : list.total}
                error={list.error}
                retry={() => list.refetch()}
                id={(one) => identityOf(kind, one).id}
                text={(one) => textOf(one, identityOf(kind, one), list.wide)}
                placeholder={t(list.wide ? 'inventory.find.wide' : 'inventory.find')}
                sorted={kind === 'images' ? '-findings' : '-last'}
                filters={
                    only && (
                        <Toggle
                            checked={narrowed}
                            onChange={({ detail }) => url.set({ only: detail.checked ? 1 : null, page: null })}
                        >
                            {t(`inventory.${kind}.only`)}
                        </Toggle>
                    )
                }
                empty={
                    narrowed ? (
                        <Empty
                            title={t(`inventory.${kind}.only.none`)}
                            action={<Button onClick={() => url.set({ only: null })}>{t('inventory.show')}</Button>}
                        />
                    ) : (
                        <Empty
                            title={t(`inventory.${kind}.none`)}
                            text={t(`inventory.${kind}.none.what`)}
                            action={<Follow to="/settings/sources">{t('inventory.sources')}</Follow>}
                        />
                    )
                }
                footer={
                    list.more && (
                        <Box textAlign="center">
                            <Button onClick={() => list.more?.()} loading={list.fetching}>
                                {t('inventory.more', { shown: list.items?.length ?? 0, total: list.total ?? 0 })}
                            </Button>
                        </Box>
                    )
                }
            />
            {!list.complete && <Box color="text-body-secondary">{t('inventory.images.incomplete')}</Box>}
        </SpaceBetween>
    );
}
