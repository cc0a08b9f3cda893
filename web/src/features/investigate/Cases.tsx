import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useText } from '~/app/intl';
import { addCase, casesQuery } from '~/ui/cases';
import { Dialog } from '~/ui/Dialog';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';

/** The cases of the organisation, those that changed last first. */
export function Cases() {
    const t = useText();
    const cases = useQuery(casesQuery());
    const [adding, setAdding] = useState(false);
    return (
        <>
            <Table
                items={cases.data ?? []}
                loading={cases.isPending}
                loadingText={t('ui.loading')}
                trackBy="id"
                wrapLines
                header={
                    <Header
                        variant="h2"
                        counter={cases.data && `(${cases.data.length})`}
                        description={t('investigate.cases.what')}
                        actions={<Button onClick={() => setAdding(true)}>{t('investigate.case.add')}</Button>}
                    >
                        {t('investigate.cases')}
                    </Header>
                }
                columnDefinitions={[
                    {
                        id: 'name',
                        header: t('investigate.case'),
                        isRowHeader: true,
                        cell: (one) => (
                            <Follow to={`/investigations/${one.id}`}>
                                <span className="vg-wrap">{one.name}</span>
                            </Follow>
                        ),
                    },
                    {
                        id: 'status',
                        header: t('investigate.case.status'),
                        cell: (one) => (
                            <StatusIndicator type={one.status === 'closed' ? 'stopped' : 'in-progress'}>
                                {t(`investigate.case.status.${one.status}`)}
                            </StatusIndicator>
                        ),
                    },
                    {
                        id: 'verdict',
                        header: t('investigate.verdict'),
                        cell: (one) => t(`investigate.verdict.${one.verdict}`),
                    },
                    { id: 'pins', header: t('investigate.pins'), cell: (one) => one.pins.length },
                    { id: 'notes', header: t('investigate.notes'), cell: (one) => one.notes.length },
                    {
                        id: 'changed',
                        header: t('investigate.case.changed'),
                        cell: (one) => <When time={one.updated_at} />,
                    },
                ]}
                empty={
                    cases.error ? (
                        <ErrorBox error={cases.error} retry={() => cases.refetch()} />
                    ) : (
                        <Empty title={t('investigate.cases.none')} text={t('investigate.cases.none.what')} />
                    )
                }
            />
            {adding && <AddCase close={() => setAdding(false)} />}
        </>
    );
}

function AddCase({ close }: { close: () => void }) {
    const t = useText();
    const client = useQueryClient();
    const navigate = useNavigate();
    const [name, setName] = useState('');
    const [tried, setTried] = useState(false);
    const add = useMutation({
        mutationFn: () => addCase(client, name.trim()),
        onSuccess: (made) => navigate(`/investigations/${made.id}`),
    });
    const submit = () => {
        setTried(true);
        if (name.trim()) add.mutate();
    };
    return (
        <Dialog
            header={t('investigate.case.add')}
            action={t('investigate.case.add.do')}
            run={submit}
            close={close}
            busy={add.isPending}
        >
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    submit();
                }}
            >
                <SpaceBetween size="m">
                    <FormField
                        label={t('investigate.case.name')}
                        description={t('investigate.case.shared')}
                        errorText={tried && !name.trim() && t('investigate.case.name.missing')}
                    >
                        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
                    </FormField>
                    {add.error && <ErrorBox error={add.error} />}
                </SpaceBetween>
            </form>
        </Dialog>
    );
}
