import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, api, body, setCsrfToken } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { NewPassword, passwordFault } from '~/features/login/NewPassword';
import { waitOf } from '~/features/login/next';
import { ErrorBox } from '~/ui/ErrorBox';

/** The change of the own password: other sessions end, this one goes on. */
export function PasswordForm() {
    const t = useText();
    const { who } = useSession();
    const flash = useFlash();
    const client = useQueryClient();
    const empty = { current: '', value: '', again: '' };
    const [typed, setTyped] = useState(empty);
    const [told, setTold] = useState(false);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>(null);
    const wrong = error instanceof ApiError && error.code === 'wrong_password';
    const throttled = error instanceof ApiError && error.status === 429;
    const send = async () => {
        setTold(true);
        if (busy || !typed.current || passwordFault(typed.value, typed.again)) return;
        setBusy(true);
        setError(null);
        try {
            const session = await body(
                api.POST('/api/v1/session/password', {
                    body: { current_password: typed.current, new_password: typed.value },
                }),
            );
            setCsrfToken(session.csrf_token);
            setTyped(empty);
            setTold(false);
            client.invalidateQueries({ queryKey: ['sessions'] });
            flash.push({ id: 'settings', type: 'success', content: t('settings.password.done') });
        } catch (failed) {
            setError(failed);
        }
        setBusy(false);
    };
    return (
        <form
            onSubmit={(event) => {
                event.preventDefault();
                send();
            }}
        >
            <Container
                header={
                    <Header variant="h2" description={t('settings.password.what')}>
                        {t('settings.password')}
                    </Header>
                }
            >
                <Form
                    actions={
                        <Button formAction="submit" loading={busy}>
                            {t('settings.password.go')}
                        </Button>
                    }
                >
                    <SpaceBetween size="m">
                        {error !== null && !wrong && !throttled && <ErrorBox error={error} />}
                        {/* So that a keeper of passwords knows whose it is. */}
                        <input type="email" autoComplete="username" value={who} readOnly hidden />
                        <FormField
                            label={t('settings.password.current')}
                            errorText={
                                wrong
                                    ? t('settings.password.wrong')
                                    : throttled
                                      ? t('login.throttled', { seconds: waitOf(error as ApiError) })
                                      : told && !typed.current
                                        ? t('settings.fault.missing')
                                        : undefined
                            }
                        >
                            <Input
                                type="password"
                                autoComplete="current-password"
                                value={typed.current}
                                onChange={({ detail }) => {
                                    setError(null);
                                    setTyped({ ...typed, current: detail.value });
                                }}
                            />
                        </FormField>
                        <NewPassword
                            value={typed.value}
                            again={typed.again}
                            told={told}
                            onChange={(value, again) => setTyped({ ...typed, value, again })}
                        />
                    </SpaceBetween>
                </Form>
            </Container>
        </form>
    );
}
