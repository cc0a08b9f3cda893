import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
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
    const [text, setText] = useState('');
    const submit = () => {
        if (text.trim()) add.mutate({ ids: [alert.id], text: text.trim() }, { onSuccess: () => setText('') });
    };
    return (
        <SpaceBetween size="m">
            {may('user') && (
                <form
                    onSubmit={(event) => {
                        event.preventDefault();
                        submit();
                    }}
                    onKeyDown={(event) => {
                        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
                    }}
                >
                    <SpaceBetween size="xs">
                        <FormField label={t('alerts.note')} stretch>
                            <Textarea
                                value={text}
                                rows={3}
                                onChange={({ detail }) => setText(detail.value)}
                                placeholder={t('alerts.note.placeholder')}
                            />
                        </FormField>
                        {add.error && <ErrorBox error={add.error} />}
                        <Button formAction="submit" loading={add.isPending} disabled={!text.trim()}>
                            {t('alerts.note.add')}
                        </Button>
                    </SpaceBetween>
                </form>
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
