import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '~/app/intl';

/** The server's bound, in bytes of UTF-8. */
export const passwordMin = 12;
export const passwordMax = 1024;

const bytes = (text: string) => new TextEncoder().encode(text).length;

/** The id of the message that says what is wrong with a new password and its repetition; null when nothing is. */
export function passwordFault(password: string, again: string): string | null {
    if (bytes(password) < passwordMin) return 'login.password.short';
    if (bytes(password) > passwordMax) return 'login.password.long';
    return password === again ? null : 'login.password.differs';
}

/** A password that is chosen, twice. `told` shows what is wrong. */
export function NewPassword({
    value,
    again,
    onChange,
    told,
}: {
    value: string;
    again: string;
    onChange: (value: string, again: string) => void;
    told: boolean;
}) {
    const t = useText();
    const fault = told ? passwordFault(value, again) : null;
    const differs = fault === 'login.password.differs';
    return (
        <SpaceBetween size="m">
            <FormField
                label={t('login.password.new')}
                constraintText={t('login.password.rule', { least: passwordMin })}
                errorText={fault && !differs ? t(fault, { least: passwordMin, most: passwordMax }) : undefined}
            >
                <Input
                    type="password"
                    autoComplete="new-password"
                    value={value}
                    onChange={({ detail }) => onChange(detail.value, again)}
                />
            </FormField>
            <FormField
                label={t('login.password.again')}
                errorText={differs ? t(fault!, { least: passwordMin, most: passwordMax }) : undefined}
            >
                <Input
                    type="password"
                    autoComplete="new-password"
                    value={again}
                    onChange={({ detail }) => onChange(value, detail.value)}
                />
            </FormField>
        </SpaceBetween>
    );
}
