import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup, { type RadioGroupProps } from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useEffect, useRef, useState } from 'react';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useTimes } from '~/app/time';
import { Dialog } from '~/ui/Dialog';
import { ErrorBox, useProblem } from '~/ui/ErrorBox';
import { type Reason, reasons, sizeOf, type Target, useDismiss, useNote, useUndoDismissal } from './actions';

/** Asks why alerts are dismissed, says of how many, and offers to undo it. */
export function DismissModal({
    target,
    title,
    close,
    done,
}: {
    target: Target;
    /** Of the alert, where it is one. */
    title?: string;
    close: () => void;
    done?: () => void;
}) {
    const t = useText();
    const times = useTimes();
    const finished = useFinished();
    const [reason, setReason] = useState<Reason>('BUSINESS_OP');
    const [text, setText] = useState('');
    const [note, setNote] = useState('');
    const [tried, setTried] = useState(false);
    const group = useRef<RadioGroupProps.Ref>(null);
    useEffect(() => {
        // The dialog puts the focus on its closing button; the reasons are what the keys are for.
        const timer = setTimeout(() => group.current?.focus());
        return () => clearTimeout(timer);
    }, []);
    const dismiss = useDismiss();
    const addNote = useNote();
    const count = sizeOf(target);
    const missing = reason === 'OTHER' && !text.trim();
    const busy = dismiss.isPending || addNote.isPending;

    const submit = async () => {
        setTried(true);
        if (missing || busy || count === 0) return;
        try {
            // The note first: if it fails, nothing has been done that is not said.
            if (note.trim() && 'ids' in target) await addNote.mutateAsync({ ids: target.ids, text: note.trim() });
            finished(await dismiss.mutateAsync({ target, reason, text: text.trim() }));
        } catch {
            return;
        }
        done?.();
        close();
    };
    return (
        <Dialog
            header={t('alerts.dismiss.title', { count })}
            action={t('alerts.dismiss.do', { count })}
            run={submit}
            close={close}
            busy={busy}
            disabled={count === 0}
        >
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    submit();
                }}
                onKeyDown={(event) => {
                    const writing = (event.target as HTMLElement).tagName === 'TEXTAREA';
                    if (event.key !== 'Enter' || (writing && !event.ctrlKey && !event.metaKey)) return;
                    event.preventDefault();
                    submit();
                }}
            >
                <SpaceBetween size="m">
                    {title && <Box>{title}</Box>}
                    {'until' in target && (
                        <Alert type="info">
                            {t('alerts.dismiss.set', { count, time: times.absolute(target.until) })}
                        </Alert>
                    )}
                    <FormField label={t('alerts.dismiss.reason')} stretch>
                        <RadioGroup
                            ref={group}
                            value={reason}
                            onChange={({ detail }) => setReason(detail.value as Reason)}
                            items={reasons.map((value) => ({ value, label: t(`alerts.reason.${value}`) }))}
                        />
                    </FormField>
                    {reason === 'OTHER' && (
                        <FormField
                            label={t('alerts.dismiss.text')}
                            errorText={tried && missing && t('alerts.dismiss.text.missing')}
                            stretch
                        >
                            <Textarea value={text} rows={2} onChange={({ detail }) => setText(detail.value)} />
                        </FormField>
                    )}
                    {'ids' in target && (
                        <FormField label={t('alerts.dismiss.note')} description={t('alerts.dismiss.note.help')} stretch>
                            <Textarea value={note} rows={2} onChange={({ detail }) => setNote(detail.value)} />
                        </FormField>
                    )}
                    {(dismiss.error || addNote.error) && <ErrorBox error={dismiss.error ?? addNote.error} />}
                </SpaceBetween>
            </form>
        </Dialog>
    );
}

/** Tells the result over the page, with a button that undoes it. */
function useFinished() {
    const t = useText();
    const flash = useFlash();
    const problem = useProblem();
    const undo = useUndoDismissal();
    return ({ dismissal, count, meanwhile }: { dismissal: string; count: number; meanwhile: number }) => {
        const id = `dismissal-${dismissal}`;
        const back = async () => {
            flash.drop(id);
            try {
                const undone = await undo.mutateAsync(dismissal);
                flash.push({ id, type: 'success', content: t('alerts.undone', { count: undone.count }) });
            } catch (error) {
                flash.push({ id, type: 'error', content: problem(error).text });
            }
        };
        flash.push({
            id,
            type: meanwhile > 0 ? 'warning' : 'success',
            content: t('alerts.dismissed', { count, meanwhile }),
            buttonText: count > 0 ? t('alerts.undo') : undefined,
            onButtonClick: back,
        });
    };
}
