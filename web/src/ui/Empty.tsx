import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';

/** Why there is nothing here, and what to do next. */
export function Empty({ title, text, action }: { title: string; text?: ReactNode; action?: ReactNode }) {
    return (
        <Box textAlign="center" color="inherit" padding={{ vertical: 'l' }}>
            <SpaceBetween size="xs">
                <b>{title}</b>
                {text && <Box color="text-body-secondary">{text}</Box>}
                {action}
            </SpaceBetween>
        </Box>
    );
}
