import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { api, body, type Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import type { Role } from '~/app/session';
import { useUsers } from './calls';
import { roles } from './PeopleSection';
import { ActionDialog } from './parts';

type Kind = Schemas['Key']['kind'];
const kinds: readonly Kind[] = ['source', 'api', 'hawk'];

export interface MadeKey {
    name: string;
    kind: Kind;
    token: string;
    /** Of a Hawk key. */
    user: string | null;
}

export function NewKey(props: { kind: string; close: () => void; done: (key: MadeKey) => void }) {
    const t = useText();
    const users = useUsers();
    const [kind, setKind] = useState<Kind>(kinds.find((one) => one === props.kind) ?? 'source');
    const [name, setName] = useState('');
    const [role, setRole] = useState<Role>('reader');
    const [user, setUser] = useState<string | null>(null);
    const make = async () => {
        const made = await body(
            api.POST('/api/v1/keys', {
                body: {
                    name: name.trim(),
                    kind,
                    ...(kind === 'api' && { role }),
                    ...(kind === 'hawk' && user && { user }),
                },
            }),
        );
        props.done({ name: made.name, kind, token: made.token, user: kind === 'hawk' ? user : null });
    };
    const options = (users.data ?? [])
        .filter((one) => !one.disabled)
        .map((one) => ({ value: one.id, label: one.email, description: t(`role.${one.role}`) }));
    return (
        <ActionDialog
            header={t('settings.keys.new')}
            action={t('settings.keys.go')}
            disabled={!name.trim() || (kind === 'hawk' && !user)}
            close={props.close}
            run={make}
        >
            <FormField label={t('settings.keys.kind')}>
                <RadioGroup
                    value={kind}
                    items={kinds.map((value) => ({
                        value,
                        label: t(`settings.keys.${value}`),
                        description: t(`settings.keys.${value}.what`),
                    }))}
                    onChange={({ detail }) => setKind(detail.value as Kind)}
                />
            </FormField>
            <FormField label={t('settings.name')} description={t('settings.keys.name.what')}>
                <Input value={name} autoFocus autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
            </FormField>
            {kind === 'api' && (
                <FormField label={t('settings.people.role')}>
                    <RadioGroup
                        value={role}
                        items={[...roles].reverse().map((value) => ({
                            value,
                            label: t(`role.${value}`),
                            description: t(`settings.role.may.${value}`),
                        }))}
                        onChange={({ detail }) => setRole(detail.value as Role)}
                    />
                </FormField>
            )}
            {kind === 'hawk' && (
                <FormField label={t('settings.keys.user')} description={t('settings.keys.user.what')}>
                    <Select
                        selectedOption={options.find((one) => one.value === user) ?? null}
                        options={options}
                        filteringType="auto"
                        placeholder={t('settings.keys.user.choose')}
                        statusType={users.isLoading ? 'loading' : 'finished'}
                        onChange={({ detail }) => setUser(detail.selectedOption.value ?? null)}
                    />
                </FormField>
            )}
        </ActionDialog>
    );
}
