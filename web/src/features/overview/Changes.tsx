import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';
import { type Entry, useChanges } from './data';

const most = 8;

/** What people changed about the organisation, from the log that owners may read. */
export function Changes() {
    const t = useText();
    const intl = useIntl();
    const changes = useChanges(true, most);
    if (changes.error) return <ErrorBox error={changes.error} retry={() => changes.refetch()} />;
    const action = (entry: Entry) => {
        const id = `overview.action.${entry.action.replaceAll(' ', '_')}`;
        return intl.messages[id] ? t(id) : entry.action;
    };
    return (
        <Table
            items={changes.data ?? []}
            loading={changes.isPending}
            loadingText={t('ui.loading')}
            header={
                <Header
                    variant="h2"
                    description={t('overview.changes.what')}
                    actions={<Follow to="/settings/audit">{t('overview.changes.open')}</Follow>}
                >
                    {t('overview.changes')}
                </Header>
            }
            empty={<Empty title={t('overview.changes.none')} />}
            columnDefinitions={[
                { id: 'time', header: t('ui.time'), width: 130, cell: (entry) => <When time={entry.time} /> },
                {
                    id: 'what',
                    header: t('overview.changes.change'),
                    isRowHeader: true,
                    cell: (entry) => (
                        <span className="vg-two-lines" title={entry.what}>
                            {action(entry)}:{' '}
                            {entry.action.startsWith('rule ') && entry.action !== 'rule removed' ? (
                                <Follow to={`/rules/${encodeURIComponent(entry.subject)}`}>{entry.what}</Follow>
                            ) : (
                                entry.what
                            )}
                        </span>
                    ),
                },
                {
                    id: 'who',
                    minWidth: 205,
                    header: t('overview.changes.who'),
                    cell: (entry) => <span className="vg-wrap">{entry.who}</span>,
                },
            ]}
            wrapLines
        />
    );
}
