import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { NoteForm } from '~/ui/NoteForm';
import { When } from '~/ui/When';
import { useNote } from './actions';
import { historyQuery } from './data';
import type { Alert } from './view';

/** What people did with the alert and wrote about it, latest first, and room for a further note. */
export function Notes({ alert }: { alert: Alert }) {
    const t = useText();
    const { may } = useSession();
    const history = useQuery(historyQuery(alert.id));
    const add = useNote();
    return (
        <SpaceBetween size="m">
            {may('user') && (
                <NoteForm
                    label={t('alerts.note')}
                    placeholder={t('alerts.note.placeholder')}
                    action={t('alerts.note.add')}
                    add={(text, kept) => add.mutate({ ids: [alert.id], text }, { onSuccess: kept })}
                    busy={add.isPending}
                    error={add.error}
                />
            )}
            {history.error ? (
                <ErrorBox error={history.error} retry={() => history.refetch()} />
            ) : !history.data ? (
                <Loading />
            ) : (
                <ol className="vg-history">
                    {history.data.history.toReversed().map((one, at) => (
                        <li key={`${one.time} ${at}`}>
                            <div>
                                <b>
                                    {t(`alerts.history.${one.action}`, { who: one.who || 'Vigia', detail: one.detail })}
                                </b>{' '}
                                <span className="vg-muted">
                                    <When time={one.time} />
                                </span>
                            </div>
                            {one.action === 'noted' && <div className="vg-note">{one.detail}</div>}
                        </li>
                    ))}
                </ol>
            )}
        </SpaceBetween>
    );
}
