import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useState } from 'react';
import { useText } from '~/app/intl';
import { type Role, useSession } from '~/app/session';
import { Code } from '~/ui/Code';
import { Dialog } from '~/ui/Dialog';
import { ErrorBox } from '~/ui/ErrorBox';

/** Why somebody sees nothing, or may change nothing, here. */
export function RoleNote({ needed, change }: { needed: Role; change?: boolean }) {
    const t = useText();
    const { role } = useSession();
    return (
        <Alert type="info" header={t(change ? 'settings.role.change' : 'settings.role.see')}>
            {t('settings.role.why', { role: t(`role.${role}`), needed: t(`role.${needed}`) })}
        </Alert>
    );
}

/** A dialog that does something; it stays open, with what went wrong, when that fails. */
export function ActionDialog({
    header,
    action,
    run,
    close,
    disabled,
    size = 'medium',
    children,
}: {
    header: string;
    action: string;
    run: () => Promise<unknown>;
    close: () => void;
    disabled?: boolean;
    size?: 'medium' | 'large';
    children: ReactNode;
}) {
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>(null);
    const go = async () => {
        if (busy || disabled) return;
        setBusy(true);
        setError(null);
        try {
            await run();
        } catch (failed) {
            setError(failed);
            setBusy(false);
        }
    };
    return (
        <Dialog header={header} action={action} run={go} close={close} busy={busy} disabled={disabled} size={size}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    go();
                }}
            >
                <SpaceBetween size="m">
                    {children}
                    {error !== null && <ErrorBox error={error} />}
                </SpaceBetween>
                {/* Enter in a field sends the form, though its button stands in the footer. */}
                <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
            </form>
        </Dialog>
    );
}

/** A text to be copied, in a block of its own. */
export function Copyable({ text, label }: { text: string; label: string }) {
    const t = useText();
    return (
        <FormField label={label} stretch>
            <div className="vg-copyable">
                <Code block>{text}</Code>
                <CopyToClipboard
                    variant="icon"
                    textToCopy={text}
                    copyButtonAriaLabel={t('settings.copy', { what: label })}
                    copySuccessText={t('ui.copied')}
                    copyErrorText={t('settings.copy.failed')}
                />
            </div>
        </FormField>
    );
}

/** Something that the server shows once. */
export function ShownOnce({ header, close, children }: { header: string; close: () => void; children: ReactNode }) {
    const t = useText();
    return (
        <Modal
            visible
            size="large"
            header={header}
            onDismiss={close}
            footer={
                <Box float="right">
                    <Button variant="primary" onClick={close}>
                        {t('settings.once.done')}
                    </Button>
                </Box>
            }
        >
            <SpaceBetween size="m">
                <Alert type="warning">{t('settings.once')}</Alert>
                {children}
            </SpaceBetween>
        </Modal>
    );
}
