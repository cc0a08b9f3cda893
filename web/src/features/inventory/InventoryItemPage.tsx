import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Navigate, useNavigate, useParams } from 'react-router';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import { type Range, rangeOf, rangePatch } from '~/app/range';
import { link, useUrl } from '~/app/url';
import { CopyAs } from '~/ui/Copy';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { TimeRange } from '~/ui/TimeRange';
import { AccountDetails } from './AccountDetails';
import { ContainerDetails } from './ContainerDetails';
import { useItem } from './calls';
import { EventsOver } from './EventsOver';
import { HostDetails } from './HostDetails';
import { ImageDetails } from './ImageDetails';
import { rangeFallback } from './InventoryPage';
import { eventsPath, type Items, identityOf, investigatePath, type Kind, kindOf, shortImageName } from './kinds';
import './inventory.css';

type RangePatch = Record<string, string | null>;
export interface DetailsProps<K extends Kind> {
    item: Items[K];
    range: Range;
    /** What links must carry for it. */
    patch: RangePatch;
}
const details: { [K in Kind]: (props: DetailsProps<K>) => React.JSX.Element } = {
    accounts: AccountDetails,
    hosts: HostDetails,
    containers: ContainerDetails,
    images: ImageDetails,
};

export default function InventoryItemPage() {
    const { kind: name, id = '' } = useParams();
    const kind = kindOf(name);
    return kind ? (
        <ItemPage key={`${kind} ${id}`} kind={kind} id={id} />
    ) : (
        <Navigate to="/inventory/accounts" replace />
    );
}

function ItemPage<K extends Kind>({ kind, id }: { kind: K; id: string }) {
    const t = useText();
    const url = useUrl();
    const navigate = useNavigate();
    const range = rangeOf(url.params, rangeFallback);
    const patch: RangePatch = url.get('range') || url.get('from') ? rangePatch(range) : {};
    const found = useItem(kind, id, range);
    const item = found.data;
    const identity = item && identityOf(kind, item);
    const name = kind === 'images' ? shortImageName(id) : (identity?.name ?? id);
    const Details = details[kind] as (props: DetailsProps<K>) => React.JSX.Element;
    return (
        <Page
            title={name}
            parents={[
                [t('nav.inventory'), '/inventory/accounts'],
                [t(`inventory.${kind}`), link(`/inventory/${kind}`, patch)],
            ]}
            help={`inventory.${kind}.help`}
        >
            <ContentLayout
                header={
                    <Header
                        variant="h1"
                        description={t(`inventory.${kind}.one`)}
                        actions={
                            <SpaceBetween direction="horizontal" size="xs">
                                <TimeRange value={range} onChange={(next) => url.set(rangePatch(next))} />
                                <CopyAs
                                    call={{ path: link(`/api/v1/inventory/${kind}`, { q: id }) }}
                                    json={item ?? undefined}
                                />
                                {identity && (
                                    <SpaceBetween direction="horizontal" size="xs">
                                        <Button onClick={() => navigate(eventsPath(identity, patch))}>
                                            {t('nav.events')}
                                        </Button>
                                        <Button
                                            variant="primary"
                                            onClick={() => navigate(investigatePath(identity, patch))}
                                        >
                                            {t('nav.investigate')}
                                        </Button>
                                    </SpaceBetween>
                                )}
                            </SpaceBetween>
                        }
                    >
                        <span className="vg-wrap">{name}</span>
                    </Header>
                }
            >
                {found.error && !item ? (
                    <ErrorBox error={found.error} retry={() => found.refetch()} />
                ) : item === undefined ? (
                    <Loading />
                ) : item === null ? (
                    <Container>
                        <Empty
                            title={t('inventory.none')}
                            text={t('inventory.none.what')}
                            action={<Follow to={link(`/inventory/${kind}`, patch)}>{t(`inventory.${kind}`)}</Follow>}
                        />
                    </Container>
                ) : (
                    <SpaceBetween size="l">
                        <Details item={item} range={range} patch={patch} />
                        <EventsOver identity={identity!} range={range} />
                    </SpaceBetween>
                )}
            </ContentLayout>
        </Page>
    );
}
