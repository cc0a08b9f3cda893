import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useText } from '~/app/intl';
import { Code } from '~/ui/Code';
import { Dotted } from '~/ui/Dotted';
import { Empty } from '~/ui/Empty';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';
import { State } from './columns';
import { FindingBars } from './Findings';
import type { DetailsProps } from './InventoryItemPage';
import { ItemLink } from './parts';

/** An image: what its latest scan found, and the containers behind these findings. */
export function ImageDetails({ item, patch }: DetailsProps<'images'>) {
    const t = useText();
    const { scan } = item;
    const running = item.containers.filter((one) => one.state === 'running');
    return (
        <SpaceBetween size="l">
            <Container>
                <KeyValuePairs
                    columns={4}
                    items={[
                        { label: t('inventory.repository'), value: <span className="vg-wrap">{item.repository}</span> },
                        { label: t('inventory.tags'), value: item.tags.join(', ') || '–' },
                        {
                            label: t('inventory.account'),
                            value: <ItemLink kind="accounts" id={item.account} patch={patch} />,
                        },
                        { label: t('inventory.region'), value: item.region ?? '–' },
                        {
                            label: t('inventory.running'),
                            value: t('inventory.running.of', { running: item.running, count: item.container_count }),
                        },
                        { label: t('inventory.first'), value: <When time={item.first} /> },
                        { label: t('inventory.last'), value: <When time={item.last} /> },
                        { label: t('inventory.digest'), value: item.digest ? <Code>{item.digest}</Code> : '–' },
                    ]}
                />
            </Container>
            <Container
                header={
                    <Header
                        variant="h2"
                        description={
                            scan ? (
                                <>
                                    {t('inventory.scanned')} <When time={scan.time} />
                                </>
                            ) : undefined
                        }
                        actions={
                            scan && (
                                <Follow to={`/events/${encodeURIComponent(scan.event_id)}`}>
                                    {t('inventory.scan.event')}
                                </Follow>
                            )
                        }
                    >
                        {t('inventory.findings')}
                    </Header>
                }
            >
                {scan ? (
                    <FindingBars findings={scan.findings} />
                ) : (
                    <Empty title={t('inventory.scan.never')} text={t('inventory.scan.never.what')} />
                )}
            </Container>
            <Table
                items={item.containers}
                trackBy="id"
                wrapLines
                header={
                    <Header
                        variant="h2"
                        counter={`(${item.container_count})`}
                        description={
                            item.container_count > item.containers.length
                                ? t('inventory.image.containers.some', { count: item.containers.length })
                                : t('inventory.image.containers.what', { count: running.length })
                        }
                    >
                        {t('inventory.image.containers')}
                    </Header>
                }
                columnDefinitions={[
                    {
                        id: 'name',
                        header: t('inventory.container'),
                        isRowHeader: true,
                        cell: (one) => (
                            <>
                                <ItemLink
                                    kind="containers"
                                    id={one.id}
                                    text={one.name ?? one.id.slice(0, 12)}
                                    patch={patch}
                                />
                                <div className="vg-muted">{one.id.slice(0, 12)}</div>
                            </>
                        ),
                    },
                    { id: 'state', header: t('inventory.state'), cell: (one) => <State state={one.state} /> },
                    {
                        id: 'host',
                        header: t('inventory.host'),
                        cell: (one) => <Dotted text={one.host ?? '–'} />,
                    },
                    { id: 'last', header: t('inventory.last'), cell: (one) => <When time={one.last} /> },
                ]}
                empty={
                    <Empty
                        title={t('inventory.image.containers.none')}
                        text={t('inventory.image.containers.none.what')}
                    />
                }
            />
        </SpaceBetween>
    );
}
