import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ApiError, api, body } from '~/api/client';
import { useText } from '~/app/intl';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { When } from '~/ui/When';
import { Entrance } from './Entrance';
import { NewPassword, passwordFault } from './NewPassword';
import { useSignIn } from './sign-in';
import { useToken } from './token';

/** Whoever was invited chooses a password, and is in. */
export default function InvitationPage() {
    const t = useText();
    const navigate = useNavigate();
    const token = useToken();
    // Afterwards the token opens nothing, and nobody may ask for it again.
    const [accepted, setAccepted] = useState(false);
    const look = useQuery({
        queryKey: ['invitation', token],
        queryFn: () => body(api.POST('/api/v1/invitations/look', { body: { token } })),
        enabled: token !== '' && !accepted,
        staleTime: Number.POSITIVE_INFINITY,
    });
    const gone = !token || (look.error instanceof ApiError && look.error.status === 403);
    return (
        <Entrance title={t(gone ? 'login.invitation' : 'login.invitation.title')}>
            {gone ? (
                <Alert
                    type="warning"
                    header={t('login.invitation.gone.header')}
                    action={<Button onClick={() => navigate('/login')}>{t('login.invitation.login')}</Button>}
                >
                    {t('login.invitation.gone')}
                </Alert>
            ) : look.error ? (
                <ErrorBox error={look.error} retry={() => look.refetch()} />
            ) : look.data ? (
                <Acceptance token={token} {...look.data} done={() => setAccepted(true)} />
            ) : (
                <Loading />
            )}
        </Entrance>
    );
}

function Acceptance(props: {
    token: string;
    email: string;
    role: string;
    organisation: string;
    expires_at: string;
    done: () => void;
}) {
    const t = useText();
    const signIn = useSignIn();
    const [password, setPassword] = useState({ value: '', again: '' });
    const [asked, setAsked] = useState(false);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>(null);
    const send = async () => {
        setAsked(true);
        if (busy || passwordFault(password.value, password.again)) return;
        setBusy(true);
        setError(null);
        try {
            const made = await body(
                api.POST('/api/v1/invitations/accept', { body: { token: props.token, password: password.value } }),
            );
            props.done();
            await signIn({ email: made.email, password: password.value, organisation: made.organisation }, '/');
        } catch (failed) {
            setBusy(false);
            setError(failed);
        }
    };
    return (
        <form
            onSubmit={(event) => {
                event.preventDefault();
                send();
            }}
        >
            <Form
                actions={
                    <Button variant="primary" formAction="submit" loading={busy}>
                        {t('login.invitation.accept')}
                    </Button>
                }
            >
                <SpaceBetween size="m">
                    {error !== null && <ErrorBox error={error} />}
                    <KeyValuePairs
                        columns={2}
                        items={[
                            { label: t('login.organisation'), value: props.organisation },
                            { label: t('login.invitation.role'), value: t(`role.${props.role}`) },
                            { label: t('login.email'), value: props.email },
                            { label: t('login.invitation.until'), value: <When time={props.expires_at} /> },
                        ]}
                    />
                    {/* So that a keeper of passwords knows whose it is. */}
                    <input type="email" autoComplete="username" value={props.email} readOnly hidden />
                    <NewPassword
                        value={password.value}
                        again={password.again}
                        told={asked}
                        onChange={(value, again) => setPassword({ value, again })}
                    />
                </SpaceBetween>
            </Form>
        </form>
    );
}
