import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { addCase, casesQuery, changeCase, type Pin, withPin } from './cases';
import { Dialog } from './Dialog';
import { ErrorBox } from './ErrorBox';
import { Follow } from './Follow';

/** Asks to which case an event or an alert is pinned, a new one or one that the person may change, and with which words. */
export function PinToCase({ pin, close }: { pin: Omit<Pin, 'note'>; close: () => void }) {
    const t = useText();
    const flash = useFlash();
    const client = useQueryClient();
    const { may } = useSession();
    const cases = useQuery(casesQuery());
    const open = (cases.data ?? []).filter((one) => one.status === 'open' && (one.own || may('owner')));
    const [chosen, setChosen] = useState<string | null>(null);
    const [name, setName] = useState('');
    const [note, setNote] = useState('');
    const [tried, setTried] = useState(false);
    const id = chosen ?? open[0]?.id ?? '';
    const save = useMutation({
        mutationFn: () => {
            const whole = { ...pin, note: note.trim() };
            return id
                ? changeCase(client, id, (before) => withPin(before, whole))
                : addCase(client, name.trim(), { pins: [whole] });
        },
        onSuccess: (made) => {
            flash.push({
                id: 'pinned',
                type: 'success',
                content: (
                    <>
                        {t('investigate.pin.done')} <Follow to={`/investigations/${made.id}`}>{made.name}</Follow>
                    </>
                ),
            });
            close();
        },
    });
    const submit = () => {
        setTried(true);
        if (id || name.trim()) save.mutate();
    };
    const options = [
        ...open.map((one) => ({ value: one.id, label: one.name })),
        { value: '', label: t('investigate.pin.new') },
    ];
    return (
        <Dialog
            header={t('investigate.pin')}
            action={t('investigate.pin.do')}
            run={submit}
            close={close}
            busy={save.isPending}
            disabled={cases.isPending && !cases.error}
        >
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    submit();
                }}
            >
                <SpaceBetween size="m">
                    <Box color="text-body-secondary">
                        <span className="vg-wrap">{pin.title}</span>
                    </Box>
                    <FormField label={t('investigate.case')} description={t('investigate.pin.which')}>
                        <Select
                            selectedOption={options.find((one) => one.value === id) ?? null}
                            options={options}
                            statusType={cases.isPending ? 'loading' : 'finished'}
                            onChange={({ detail }) => setChosen(detail.selectedOption.value ?? '')}
                            expandToViewport
                        />
                    </FormField>
                    {!id && (
                        <FormField
                            label={t('investigate.case.name')}
                            errorText={tried && !name.trim() && t('investigate.case.name.missing')}
                        >
                            <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
                        </FormField>
                    )}
                    <FormField label={t('investigate.pin.note')}>
                        <Input value={note} onChange={({ detail }) => setNote(detail.value)} />
                    </FormField>
                    {cases.error && <ErrorBox error={cases.error} />}
                    {save.error && <ErrorBox error={save.error} />}
                </SpaceBetween>
            </form>
        </Dialog>
    );
}
