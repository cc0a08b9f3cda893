import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useIntl } from 'react-intl';
import { ApiError } from '~/api/client';
import { useText } from '~/app/intl';

/** What went wrong, why, and what now. The text of a code of the server is the message `problem.<code>`, where there is one. */
export function useProblem(): (error: unknown) => { header: string; text: string; requestId: string | null } {
    const t = useText();
    const intl = useIntl();
    return (error) => {
        if (!(error instanceof ApiError)) return { header: t('problem.header'), text: String(error), requestId: null };
        const id = `problem.${error.code}`;
        const known = Boolean(intl.messages[id]);
        return {
            header: error.status === 0 ? t('problem.unreachable.header') : t('problem.header'),
            text: known
                ? t(id, { ...(error.params as Record<string, string>), detail: error.detail })
                : error.detail || error.title || t('problem.status', { status: error.status }),
            requestId: error.requestId,
        };
    };
}

export function ErrorBox({ error, retry, header }: { error: unknown; retry?: () => void; header?: string }) {
    const t = useText();
    const problem = useProblem()(error);
    return (
        <Alert
            type="error"
            header={header ?? problem.header}
            action={retry && <Button onClick={retry}>{t('ui.retry')}</Button>}
        >
            {problem.text}
            {problem.requestId && (
                <Box color="text-body-secondary" fontSize="body-s">
                    {t('ui.request', { id: problem.requestId })}
                </Box>
            )}
        </Alert>
    );
}
