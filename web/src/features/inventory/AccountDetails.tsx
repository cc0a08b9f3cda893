import Container from '@cloudscape-design/components/container';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';
import { useAll } from './calls';
import type { DetailsProps } from './InventoryItemPage';
import { Belonging } from './parts';

/** Images that the page of an account shows. */
const imagesMax = 20;

export function AccountDetails({ item, range, patch }: DetailsProps<'accounts'>) {
    const t = useText();
    const intl = useIntl();
    const hosts = useAll('hosts', range, item.hosts > 0);
    const images = useAll('images', range);
    const own = images.data?.items.filter((one) => one.account === item.id);
    const rate = item.calls > 0 ? item.errors / item.calls : 0;
    return (
        <SpaceBetween size="l">
            <Container>
                <KeyValuePairs
                    columns={4}
                    items={[
                        { label: t('inventory.first'), value: <When time={item.first} /> },
                        { label: t('inventory.last'), value: <When time={item.last} /> },
                        { label: t('inventory.events'), value: intl.formatNumber(item.events) },
                        { label: t('inventory.alerts'), value: t('inventory.alerts.count', item.alerts) },
                        { label: t('inventory.calls.made'), value: intl.formatNumber(item.calls) },
                        {
                            label: t('inventory.errors'),
                            value: t('inventory.errors.rate', {
                                count: item.errors,
                                rate: intl.formatNumber(rate, { style: 'percent', maximumFractionDigits: 1 }),
                            }),
                        },
                        {
                            label: t('inventory.services'),
                            value: (
                                <Follow to={link('/trends', { by: 'service', account: item.id, ...patch })}>
                                    {intl.formatNumber(item.services)}
                                </Follow>
                            ),
                        },
                        { label: t('inventory.regions'), value: item.regions.join(', ') || '–' },
                    ]}
                />
            </Container>
            {item.hosts > 0 && (
                <Belonging
                    kind="hosts"
                    items={hosts.data?.items.filter((one) => one.account === item.id)}
                    patch={patch}
                    columns={['name', 'state', 'agent', 'events', 'alerts']}
                    title={t('inventory.hosts')}
                    empty={t('inventory.hosts.none')}
                />
            )}
            {own && own.length > 0 && (
                <Belonging
                    kind="images"
                    items={own.slice(0, imagesMax)}
                    count={own.length}
                    patch={patch}
                    columns={['name', 'findings', 'running', 'last']}
                    title={t('inventory.images.worst')}
                    empty={t('inventory.images.none')}
                />
            )}
        </SpaceBetween>
    );
}
