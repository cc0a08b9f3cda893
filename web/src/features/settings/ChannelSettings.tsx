import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import type { Channel, Fault, Kind, Values } from './channel';

/** Texts of kinds and their settings: those of the console, else what the server says of a kind that it does not know. */
export function useKindTexts() {
    const t = useText();
    const { messages } = useIntl();
    const known = (ids: string[], fallback: string) => {
        const id = ids.find((one) => messages[one]);
        return id ? t(id) : fallback;
    };
    return {
        kind: (kind: string) => known([`settings.kind.${kind}`], kind),
        about: (kind: string) => known([`settings.kind.${kind}.about`], ''),
        label: (kind: string, setting: string) =>
            known([`settings.set.${kind}.${setting}`, `settings.set.${setting}`], setting),
        help: (kind: string, setting: string, told: string) =>
            known([`settings.set.${kind}.${setting}.help`, `settings.set.${setting}.help`], told),
    };
}

interface Props {
    kind: Kind;
    before: Channel | null;
    values: Values;
    secret: string;
    faults: Readonly<Record<string, Fault>>;
    /** Whether the secret that is kept is to be given up. */
    forget: boolean;
    setForget: (forget: boolean) => void;
    setValue: (setting: string, value: string) => void;
    setSecret: (secret: string) => void;
}

/** The form of a kind, made of what the server says of it. */
export function ChannelSettings(props: Props) {
    const t = useText();
    const texts = useKindTexts();
    const { kind, values, faults } = props;
    const fault = (name: string) => (faults[name] ? t(`settings.fault.${faults[name]}`) : undefined);
    const optional = <i> – {t('settings.optional')}</i>;
    return (
        <SpaceBetween size="m">
            {kind.settings.map((rule) => {
                const label = texts.label(kind.name, rule.name);
                const help = texts.help(kind.name, rule.name, rule.help);
                const value = values[rule.name] ?? '';
                const set = (text: string) => props.setValue(rule.name, text);
                if (rule.type === 'flag')
                    return (
                        <Checkbox
                            key={rule.name}
                            checked={value === 'true'}
                            description={help}
                            onChange={({ detail }) => set(detail.checked ? 'true' : 'false')}
                        >
                            {label}
                        </Checkbox>
                    );
                return (
                    <FormField
                        key={rule.name}
                        label={
                            <span>
                                {label}
                                {!rule.needed && optional}
                            </span>
                        }
                        description={help}
                        errorText={fault(rule.name)}
                    >
                        {rule.type === 'texts' ? (
                            <Textarea
                                value={value}
                                rows={2}
                                spellcheck={false}
                                onChange={({ detail }) => set(detail.value)}
                            />
                        ) : (
                            <Input
                                value={value}
                                inputMode={rule.type === 'number' ? 'numeric' : undefined}
                                autoComplete={false}
                                spellcheck={false}
                                placeholder={rule.fallback}
                                onChange={({ detail }) => set(detail.value)}
                            />
                        )}
                    </FormField>
                );
            })}
            {kind.secret !== 'none' && (
                <FormField
                    label={
                        <span>
                            {texts.label(kind.name, 'secret')}
                            {kind.secret === 'optional' && optional}
                        </span>
                    }
                    description={texts.help(kind.name, 'secret', kind.secret_help)}
                    constraintText={t(
                        props.before?.has_secret ? 'settings.channel.secret.kept' : 'settings.channel.secret.sealed',
                    )}
                    errorText={fault('secret')}
                >
                    <SpaceBetween size="xs">
                        <Input
                            type="password"
                            value={props.secret}
                            autoComplete="new-password"
                            disabled={props.forget}
                            onChange={({ detail }) => props.setSecret(detail.value)}
                        />
                        {kind.secret === 'optional' && props.before?.has_secret && (
                            <Checkbox
                                checked={props.forget}
                                onChange={({ detail }) => {
                                    props.setForget(detail.checked);
                                    props.setSecret('');
                                }}
                            >
                                {t('settings.channel.secret.forget')}
                            </Checkbox>
                        )}
                    </SpaceBetween>
                </FormField>
            )}
        </SpaceBetween>
    );
}
