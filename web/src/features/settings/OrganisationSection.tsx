import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { When } from '~/ui/When';
import { useOrganisation, useSettings } from './calls';
import { RoleNote } from './parts';
import './settings.css';

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
const callsMax = 1_000_000;

export function OrganisationSection() {
    const t = useText();
    const session = useSession();
    const organisation = useOrganisation();
    const settings = useSettings();
    const error = organisation.error ?? settings.error;
    if (error)
        return (
            <ErrorBox
                error={error}
                retry={() => {
                    organisation.refetch();
                    settings.refetch();
                }}
            />
        );
    if (!organisation.data || !settings.data) return <Loading />;
    const { id, created_at } = organisation.data.data;
    return (
        <SpaceBetween size="l">
            <Container header={<Header variant="h2">{t('settings.organisation.facts')}</Header>}>
                <KeyValuePairs
                    columns={3}
                    items={[
                        { label: t('settings.organisation.name'), value: organisation.data.data.name },
                        {
                            label: t('settings.organisation.id'),
                            value: (
                                <CopyToClipboard
                                    variant="inline"
                                    textToCopy={id}
                                    copyButtonAriaLabel={t('settings.copy', { what: t('settings.organisation.id') })}
                                    copySuccessText={t('ui.copied')}
                                    copyErrorText={t('settings.copy.failed')}
                                />
                            ),
                        },
                        { label: t('settings.created'), value: <When time={created_at} /> },
                    ]}
                />
            </Container>
            {session.may('owner') ? (
                <Change organisation={organisation.data} settings={settings.data} />
            ) : (
                <>
                    <RoleNote needed="owner" change />
                    <Container header={<Header variant="h2">{t('settings.organisation.change')}</Header>}>
                        <KeyValuePairs
                            columns={3}
                            items={[
                                { label: t('settings.organisation.zone'), value: settings.data.data.time_zone },
                                {
                                    label: t('settings.organisation.calls'),
                                    value: settings.data.data.v2_calls_per_minute,
                                },
                            ]}
                        />
                    </Container>
                </>
            )}
        </SpaceBetween>
    );
}

function Change({
    organisation,
    settings,
}: {
    organisation: { data: Schemas['Organisation']; etag: string };
    settings: { data: Schemas['Settings']; etag: string };
}) {
    const t = useText();
    const flash = useFlash();
    const client = useQueryClient();
    // What was typed; the rest is as the server has it.
    const [typed, setTyped] = useState<{ name?: string; zone?: string; calls?: string }>({});
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>(null);
    const name = typed.name ?? organisation.data.name;
    const zone = typed.zone ?? settings.data.time_zone;
    const calls = typed.calls ?? String(settings.data.v2_calls_per_minute);
    const callsGood = /^\d+$/.test(calls) && Number(calls) >= 1 && Number(calls) <= callsMax;
    const renamed = name.trim() !== organisation.data.name;
    const reset =
        zone !== settings.data.time_zone || (callsGood && Number(calls) !== settings.data.v2_calls_per_minute);
    const save = async () => {
        if (!name.trim() || !callsGood) return;
        setBusy(true);
        setError(null);
        try {
            if (renamed)
                await api.PUT('/api/v1/organisation', {
                    params: { header: { 'If-Match': organisation.etag } },
                    body: { name: name.trim() },
                });
            if (reset)
                await api.PUT('/api/v1/settings', {
                    params: { header: { 'If-Match': settings.etag } },
                    body: { time_zone: zone, v2_calls_per_minute: Number(calls) },
                });
            setTyped({});
            flash.push({ id: 'settings', type: 'success', content: t('settings.saved') });
        } catch (failed) {
            setError(failed);
        }
        setBusy(false);
        // Also after a failure: the next try must hold to what is there by now.
        client.invalidateQueries({ queryKey: ['organisation'] });
        client.invalidateQueries({ queryKey: ['organisations'] });
        client.invalidateQueries({ queryKey: ['settings'] });
    };
    return (
        <form
            onSubmit={(event) => {
                event.preventDefault();
                save();
            }}
        >
            <Container header={<Header variant="h2">{t('settings.organisation.change')}</Header>}>
                <Form
                    actions={
                        <SpaceBetween direction="horizontal" size="xs">
                            {Object.keys(typed).length > 0 && (
                                <Button variant="link" formAction="none" onClick={() => setTyped({})}>
                                    {t('settings.discard')}
                                </Button>
                            )}
                            <Button
                                variant="primary"
                                formAction="submit"
                                loading={busy}
                                disabled={!name.trim() || !callsGood || !(renamed || reset)}
                            >
                                {t('settings.save')}
                            </Button>
                        </SpaceBetween>
                    }
                >
                    <SpaceBetween size="m">
                        {error !== null && <ErrorBox error={error} />}
                        <FormField
                            label={t('settings.organisation.name')}
                            errorText={name.trim() ? undefined : t('settings.organisation.name.missing')}
                        >
                            <Input value={name} onChange={({ detail }) => setTyped({ ...typed, name: detail.value })} />
                        </FormField>
                        <FormField
                            label={t('settings.organisation.zone')}
                            description={t('settings.organisation.zone.what')}
                        >
                            <Select
                                filteringType="auto"
                                selectedOption={{ value: zone, label: zone }}
                                options={zones.map((value) => ({ value, label: value }))}
                                onChange={({ detail }) => setTyped({ ...typed, zone: detail.selectedOption.value })}
                            />
                        </FormField>
                        <FormField
                            label={t('settings.organisation.calls')}
                            description={t('settings.organisation.calls.what')}
                            errorText={callsGood ? undefined : t('settings.number', { least: 1, most: callsMax })}
                        >
                            <Input
                                type="number"
                                inputMode="numeric"
                                value={calls}
                                onChange={({ detail }) => setTyped({ ...typed, calls: detail.value })}
                            />
                        </FormField>
                    </SpaceBetween>
                </Form>
            </Container>
        </form>
    );
}
