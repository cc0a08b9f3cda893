import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { Code } from '~/ui/Code';
import { Dotted } from '~/ui/Dotted';
import { Loading } from '~/ui/Loading';
import { When } from '~/ui/When';
import { useAll, useItem } from './calls';
import { State } from './columns';
import { FindingBars } from './Findings';
import type { DetailsProps } from './InventoryItemPage';
import { shortImageName } from './kinds';
import { ItemLink } from './parts';

export function ContainerDetails({ item, range, patch }: DetailsProps<'containers'>) {
    const t = useText();
    const intl = useIntl();
    const hosts = useAll('hosts', range, item.host !== null);
    const host = hosts.data?.items.find((one) => one.name === item.host || one.id === item.host);
    return (
        <SpaceBetween size="l">
            <Container>
                <KeyValuePairs
                    columns={4}
                    items={[
                        { label: t('inventory.state'), value: <State state={item.state} /> },
                        { label: t('inventory.first'), value: <When time={item.first} /> },
                        { label: t('inventory.last'), value: <When time={item.last} /> },
                        { label: t('inventory.events'), value: intl.formatNumber(item.events) },
                        {
                            label: t('inventory.image'),
                            value: (
                                <ItemLink
                                    kind="images"
                                    id={item.image}
                                    text={item.image ? shortImageName(item.image) : undefined}
                                    patch={patch}
                                />
                            ),
                        },
                        {
                            label: t('inventory.host'),
                            value: host ? (
                                <ItemLink kind="hosts" id={host.id} text={item.host ?? undefined} patch={patch} />
                            ) : (
                                <Dotted text={item.host ?? '–'} />
                            ),
                        },
                        { label: t('inventory.runtime'), value: item.runtime ?? '–' },
                        { label: t('inventory.cluster'), value: item.cluster ?? '–' },
                        { label: t('inventory.namespace'), value: item.namespace ?? '–' },
                        { label: t('inventory.pod'), value: item.pod ?? '–' },
                        { label: t('inventory.container.id'), value: <Code>{item.id}</Code> },
                    ]}
                />
            </Container>
            {item.image && <Scan image={item.image} range={range} patch={patch} />}
        </SpaceBetween>
    );
}

function Scan({ image, range, patch }: { image: string } & Pick<DetailsProps<'containers'>, 'range' | 'patch'>) {
    const t = useText();
    const found = useItem('images', image, range);
    const scan = found.data?.scan;
    return (
        <Container
            header={
                <Header
                    variant="h2"
                    actions={<ItemLink kind="images" id={image} text={t('inventory.image.open')} patch={patch} />}
                >
                    {t('inventory.image.findings')}
                </Header>
            }
        >
            {scan ? (
                <FindingBars findings={scan.findings} />
            ) : found.isLoading ? (
                <Loading rows={3} />
            ) : (
                <span className="vg-muted">{t('inventory.scan.never.what')}</span>
            )}
        </Container>
    );
}
