import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { ApiError } from '~/api/client';
import { useText } from '~/app/intl';
import { ErrorBox } from '~/ui/ErrorBox';
import { Entrance } from './Entrance';
import { safeNext, waitOf } from './next';
import { useSignIn } from './sign-in';

interface Choice {
    id: string;
    name: string;
}

export default function LoginPage() {
    const t = useText();
    const signIn = useSignIn();
    const [params] = useSearchParams();
    const next = safeNext(params.get('next'));
    const [email, setEmail] = useState('');
    const [password, setPassword] = useState('');
    const [choices, setChoices] = useState<Choice[]>([]);
    const [organisation, setOrganisation] = useState<string | null>(null);
    const [asked, setAsked] = useState(false);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>(null);
    const [wait, setWait] = useState(0);
    useEffect(() => {
        if (wait <= 0) return;
        const timer = setTimeout(() => setWait(wait - 1), 1000);
        return () => clearTimeout(timer);
    }, [wait]);

    const again = (set: () => void) => {
        set();
        setChoices([]);
        setOrganisation(null);
    };
    const send = async () => {
        setAsked(true);
        if (busy || wait > 0 || !email.trim() || !password || (choices.length > 0 && !organisation)) return;
        setBusy(true);
        setError(null);
        try {
            await signIn({ email: email.trim(), password, ...(organisation && { organisation }) }, next);
        } catch (failed) {
            setBusy(false);
            if (failed instanceof ApiError && failed.code === 'choose_organisation') {
                setAsked(false);
                setChoices((failed.params.organisations as Choice[] | undefined) ?? []);
                return;
            }
            setError(failed);
            if (failed instanceof ApiError && failed.status === 429) setWait(waitOf(failed));
        }
    };

    return (
        <Entrance title={t('login.title')} lead={next === '/' ? undefined : t('login.next')}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    send();
                }}
            >
                <Form
                    actions={
                        <Button variant="primary" formAction="submit" loading={busy} disabled={wait > 0}>
                            {wait > 0 ? t('login.wait', { seconds: wait }) : t('login.in')}
                        </Button>
                    }
                >
                    <SpaceBetween size="m">
                        <Refusal error={error} wait={wait} />
                        <FormField
                            label={t('login.email')}
                            errorText={asked && !email.trim() ? t('login.email.missing') : undefined}
                        >
                            <Input
                                type="email"
                                autoComplete="username"
                                autoFocus
                                value={email}
                                onChange={({ detail }) => again(() => setEmail(detail.value))}
                            />
                        </FormField>
                        <FormField
                            label={t('login.password')}
                            errorText={asked && !password ? t('login.password.missing') : undefined}
                        >
                            <Input
                                type="password"
                                autoComplete="current-password"
                                value={password}
                                onChange={({ detail }) => again(() => setPassword(detail.value))}
                            />
                        </FormField>
                        {choices.length > 0 && (
                            <FormField
                                label={t('login.organisation')}
                                description={t('login.organisation.why')}
                                errorText={asked && !organisation ? t('login.organisation.missing') : undefined}
                            >
                                <RadioGroup
                                    value={organisation}
                                    items={choices.map(({ id, name }) => ({ value: id, label: name }))}
                                    onChange={({ detail }) => setOrganisation(detail.value)}
                                />
                            </FormField>
                        )}
                    </SpaceBetween>
                </Form>
            </form>
            <Box color="text-body-secondary" fontSize="body-s">
                {t('login.help')}
            </Box>
        </Entrance>
    );
}

function Refusal({ error, wait }: { error: unknown; wait: number }) {
    const t = useText();
    if (!error) return null;
    if (error instanceof ApiError && error.code === 'wrong_password')
        return (
            <Alert type="error" header={t('login.wrong.header')}>
                {t('login.wrong')}
            </Alert>
        );
    if (error instanceof ApiError && error.status === 429)
        return (
            <Alert type="warning" header={t('login.throttled.header')}>
                {wait > 0 ? t('login.throttled', { seconds: wait }) : t('login.throttled.over')}
            </Alert>
        );
    return <ErrorBox error={error} />;
}
