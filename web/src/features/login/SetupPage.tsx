import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { ApiError, api, body } from '~/api/client';
import { useText } from '~/app/intl';
import { ErrorBox } from '~/ui/ErrorBox';
import { Entrance } from './Entrance';
import { NewPassword, passwordFault } from './NewPassword';
import { useSignIn } from './sign-in';
import { useToken } from './token';

/** From the link that the server prints to the first organisation and its owner. */
export default function SetupPage() {
    const t = useText();
    const signIn = useSignIn();
    const given = useToken();
    const [token, setToken] = useState(given);
    const [organisation, setOrganisation] = useState('');
    const [email, setEmail] = useState('');
    const [password, setPassword] = useState({ value: '', again: '' });
    const [asked, setAsked] = useState(false);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>(null);
    const missing = (text: string, id: string) => (asked && !text.trim() ? t(id) : undefined);

    const send = async () => {
        setAsked(true);
        if (busy || !token.trim() || !organisation.trim() || !email.trim()) return;
        if (passwordFault(password.value, password.again)) return;
        setBusy(true);
        setError(null);
        const who = { email: email.trim(), password: password.value };
        try {
            await body(
                api.POST('/api/v1/setup', {
                    body: { token: token.trim(), organisation: organisation.trim(), ...who },
                }),
            );
            await signIn(who, '/start');
        } catch (failed) {
            setBusy(false);
            setError(failed);
        }
    };

    return (
        <Entrance title={t('login.setup.title')} lead={t('login.setup.lead')}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    send();
                }}
            >
                <Form
                    actions={
                        <Button variant="primary" formAction="submit" loading={busy}>
                            {t('login.setup.go')}
                        </Button>
                    }
                >
                    <SpaceBetween size="m">
                        {error instanceof ApiError && error.status === 403 ? (
                            <Alert type="error" header={t('login.setup.refused.header')}>
                                {t('login.setup.refused')}
                            </Alert>
                        ) : (
                            error !== null && <ErrorBox error={error} />
                        )}
                        {!given && (
                            <FormField
                                label={t('login.setup.token')}
                                description={t('login.setup.token.where')}
                                errorText={missing(token, 'login.setup.token.missing')}
                            >
                                <Input
                                    value={token}
                                    autoComplete={false}
                                    spellcheck={false}
                                    autoFocus
                                    onChange={({ detail }) => setToken(detail.value)}
                                />
                            </FormField>
                        )}
                        <FormField
                            label={t('login.setup.organisation')}
                            description={t('login.setup.organisation.what')}
                            errorText={missing(organisation, 'login.setup.organisation.missing')}
                        >
                            <Input
                                value={organisation}
                                autoComplete="organization"
                                autoFocus={given !== ''}
                                onChange={({ detail }) => setOrganisation(detail.value)}
                            />
                        </FormField>
                        <FormField
                            label={t('login.email')}
                            description={t('login.setup.email.what')}
                            errorText={missing(email, 'login.email.missing')}
                        >
                            <Input
                                type="email"
                                autoComplete="username"
                                value={email}
                                onChange={({ detail }) => setEmail(detail.value)}
                            />
                        </FormField>
                        <NewPassword
                            value={password.value}
                            again={password.again}
                            told={asked}
                            onChange={(value, again) => setPassword({ value, again })}
                        />
                    </SpaceBetween>
                </Form>
            </form>
        </Entrance>
    );
}
