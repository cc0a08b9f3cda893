import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { useText } from '~/app/intl';

interface Props {
    header: string;
    /** What the button does; the other one cancels. */
    action: string;
    run: () => void;
    close: () => void;
    busy?: boolean;
    disabled?: boolean;
    size?: 'medium' | 'large';
    /** Whether its button is the one that stands out; not where something goes. */
    primary?: boolean;
    children: ReactNode;
}

/** The frame of a dialog that does one thing or is cancelled. */
export function Dialog({
    header,
    action,
    run,
    close,
    busy,
    disabled,
    size = 'medium',
    primary = true,
    children,
}: Props) {
    const t = useText();
    return (
        <Modal
            visible
            size={size}
            header={header}
            onDismiss={close}
            footer={
                <Box float="right">
                    <SpaceBetween direction="horizontal" size="xs">
                        <Button variant="link" onClick={close}>
                            {t('ui.cancel')}
                        </Button>
                        <Button
                            variant={primary ? 'primary' : 'normal'}
                            loading={busy}
                            disabled={disabled}
                            onClick={run}
                        >
                            {action}
                        </Button>
                    </SpaceBetween>
                </Box>
            }
        >
            {children}
        </Modal>
    );
}
