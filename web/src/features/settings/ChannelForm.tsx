import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, type Schemas } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { ErrorBox } from '~/ui/ErrorBox';
import { ChannelFilter } from './ChannelFilter';
import { ChannelSettings, useKindTexts } from './ChannelSettings';
import { type Channel, faultsOf, settingsOf, type Values, valuesOf } from './channel';

interface Props {
    kinds: Schemas['ChannelKinds'];
    /** The one that is changed; null for a new one. */
    before: Channel | null;
    /** Of a new one, the kind that was asked for. */
    kind: string;
    setKind: (kind: string) => void;
    close: () => void;
    done: (channel: Channel) => void;
}

export function ChannelForm({ kinds, before, kind: asked, setKind, close, done }: Props) {
    const t = useText();
    const texts = useKindTexts();
    const flash = useFlash();
    const client = useQueryClient();
    const kind = kinds.kinds.find((one) => one.name === (before?.kind ?? asked)) ?? kinds.kinds[0]!;
    const [name, setName] = useState(before?.name ?? '');
    const [typed, setTyped] = useState<Values>({});
    const [secret, setSecret] = useState('');
    const [forget, setForget] = useState(false);
    const [severity, setSeverity] = useState<number>(before?.severity_max ?? 3);
    const [filter, setFilter] = useState(before?.filter ?? '');
    const [enabled, setEnabled] = useState(before?.enabled ?? true);
    const [told, setTold] = useState(false);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>(null);
    const values = { ...valuesOf(kind, before?.settings ?? {}), ...typed };
    const faults = faultsOf(kind, values, secret, before);
    if (forget) delete faults.secret;

    const save = async () => {
        setTold(true);
        if (busy || !name.trim() || Object.keys(faults).length > 0) return;
        setBusy(true);
        setError(null);
        const draft: Schemas['ChannelDraft'] = {
            name: name.trim(),
            kind: kind.name,
            settings: settingsOf(kind, values) as never,
            severity_max: severity,
            filter,
            enabled,
            ...(secret !== '' ? { secret } : forget && { secret: '' }),
        };
        try {
            const channel = before
                ? await body(
                      api.PUT('/api/v1/channels/{id}', {
                          params: { path: { id: before.id }, header: { 'If-Match': `"${before.version}"` } },
                          body: draft,
                      }),
                  )
                : await body(api.POST('/api/v1/channels', { body: draft }));
            await client.invalidateQueries({ queryKey: ['channels'] });
            flash.push({
                id: 'settings',
                type: 'success',
                content: t('settings.channel.saved', { name: channel.name }),
            });
            done(channel);
        } catch (failed) {
            setError(failed);
            setBusy(false);
            client.invalidateQueries({ queryKey: ['channels'] });
        }
    };

    return (
        <form
            onSubmit={(event) => {
                event.preventDefault();
                save();
            }}
        >
            <Form
                header={
                    <Header variant="h2">
                        {before ? t('settings.channel.edit', { name: before.name }) : t('settings.channel.new')}
                    </Header>
                }
                actions={
                    <SpaceBetween direction="horizontal" size="xs">
                        <Button variant="link" formAction="none" onClick={close}>
                            {t('ui.cancel')}
                        </Button>
                        <Button variant="primary" formAction="submit" loading={busy}>
                            {t('settings.save')}
                        </Button>
                    </SpaceBetween>
                }
            >
                <SpaceBetween size="l">
                    {error !== null && <ErrorBox error={error} />}
                    <Container header={<Header variant="h3">{t('settings.channel.where')}</Header>}>
                        <SpaceBetween size="m">
                            {!before && (
                                <FormField label={t('settings.channel.kind')} stretch>
                                    <Tiles
                                        columns={3}
                                        value={kind.name}
                                        items={kinds.kinds.map((one) => ({
                                            value: one.name,
                                            label: texts.kind(one.name),
                                            description: texts.about(one.name),
                                        }))}
                                        onChange={({ detail }) => {
                                            setTyped({});
                                            setTold(false);
                                            setKind(detail.value);
                                        }}
                                    />
                                </FormField>
                            )}
                            <FormField
                                label={t('settings.name')}
                                description={t('settings.channel.name.what')}
                                errorText={told && !name.trim() ? t('settings.fault.missing') : undefined}
                            >
                                <Input
                                    value={name}
                                    autoComplete={false}
                                    onChange={({ detail }) => setName(detail.value)}
                                />
                            </FormField>
                            <ChannelSettings
                                kind={kind}
                                before={before}
                                values={values}
                                secret={secret}
                                faults={told ? faults : {}}
                                forget={forget}
                                setForget={setForget}
                                setValue={(setting, value) => setTyped({ ...typed, [setting]: value })}
                                setSecret={setSecret}
                            />
                        </SpaceBetween>
                    </Container>
                    <Container header={<Header variant="h3">{t('settings.channel.which')}</Header>}>
                        <SpaceBetween size="m">
                            <FormField label={t('settings.channel.severity')}>
                                <RadioGroup
                                    direction="horizontal"
                                    value={String(severity)}
                                    items={[1, 2, 3].map((value) => ({
                                        value: String(value),
                                        label: t(`settings.channel.severity.${value}`),
                                    }))}
                                    onChange={({ detail }) => setSeverity(Number(detail.value))}
                                />
                            </FormField>
                            <ChannelFilter value={filter} onChange={setFilter} fields={kinds.alert_fields} />
                            <Checkbox
                                checked={enabled}
                                description={t('settings.channel.enabled.what')}
                                onChange={({ detail }) => setEnabled(detail.checked)}
                            >
                                {t('settings.channel.enabled')}
                            </Checkbox>
                        </SpaceBetween>
                    </Container>
                </SpaceBetween>
            </Form>
        </form>
    );
}
