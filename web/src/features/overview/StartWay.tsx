import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body } from '~/api/client';
import { useText } from '~/app/intl';
import { useOrganisationName } from '~/app/organisations';
import { useSession } from '~/app/session';
import { Code } from '~/ui/Code';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { useStore } from './data';
import { folderOption, folderSetting, httpCommand, keyHere, sampleCommand, syncCommand, type Way } from './start';

/** Text for a shell or a file, with a button that copies it. */
export function Snippet({ children, label }: { children: string; label: string }) {
    const t = useText();
    return (
        <div className="vg-snippet">
            <Code block>{children}</Code>
            <CopyToClipboard
                variant="icon"
                copyButtonAriaLabel={label}
                copySuccessText={t('ui.copied')}
                copyErrorText={t('overview.start.copy.failed')}
                textToCopy={children}
            />
        </div>
    );
}

export interface MadeKey {
    id: string;
    token: string;
}

/** What to do so that events come in the chosen way. */
export function StartWay({ way, made, onMade }: { way: Way; made: MadeKey | null; onMade: (key: MadeKey) => void }) {
    const t = useText();
    const organisation = useOrganisationName();
    const store = useStore();
    const session = useSession();
    const [folder, setFolder] = useState('/var/lib/vigia-trail');
    const origin = globalThis.location.origin;
    const key = made?.token ?? keyHere;
    if (way === 'aws')
        return (
            <SpaceBetween size="m">
                <Box>{t('overview.start.aws.how')}</Box>
                {session.may('owner') ? (
                    <Follow to="/settings/aws?new=1">{t('overview.start.aws.go')}</Follow>
                ) : (
                    <Box>{t('overview.start.aws.owner')}</Box>
                )}
            </SpaceBetween>
        );
    if (way === 'folder')
        return (
            <SpaceBetween size="m">
                <Box>{t('overview.start.folder.how')}</Box>
                <FormField
                    label={t('overview.start.folder.path')}
                    errorText={folder.startsWith('/') ? undefined : t('overview.start.folder.absolute')}
                >
                    <Input value={folder} spellcheck={false} onChange={({ detail }) => setFolder(detail.value)} />
                </FormField>
                <div>
                    <Box variant="awsui-key-label">{t('overview.start.folder.setting')}</Box>
                    <Snippet label={t('overview.start.folder.setting.copy')}>
                        {folderSetting(organisation, folder)}
                    </Snippet>
                </div>
                <div>
                    <Box variant="awsui-key-label">{t('overview.start.folder.option')}</Box>
                    <Snippet label={t('overview.start.folder.option.copy')}>
                        {folderOption(organisation, folder)}
                    </Snippet>
                </div>
                <div>
                    <Box variant="awsui-key-label">{t('overview.start.folder.sync')}</Box>
                    <Snippet label={t('overview.start.folder.sync.copy')}>{syncCommand(folder)}</Snippet>
                </div>
            </SpaceBetween>
        );
    return (
        <SpaceBetween size="m">
            <SourceKey made={made} onMade={onMade} name={t(`overview.start.${way}.key`)} />
            <div>
                <Box variant="awsui-key-label">{t(`overview.start.${way}.how`)}</Box>
                <Snippet label={t('overview.start.command.copy')}>
                    {way === 'sample'
                        ? sampleCommand(origin, key, store.data?.event_retention_days)
                        : httpCommand(origin, key)}
                </Snippet>
                <Box variant="small">{t(`overview.start.${way}.note`)}</Box>
            </div>
        </SpaceBetween>
    );
}

/** Makes a key of a source, and shows it this once. */
function SourceKey({ made, onMade, name }: { made: MadeKey | null; onMade: (key: MadeKey) => void; name: string }) {
    const t = useText();
    const client = useQueryClient();
    const session = useSession();
    const [wanted, setWanted] = useState<string | null>(null);
    const make = useMutation({
        mutationFn: () =>
            body(api.POST('/api/v1/keys', { body: { name: (wanted ?? name).trim(), kind: 'source' as const } })),
        onSuccess: (key) => {
            onMade(key);
            client.invalidateQueries({ queryKey: ['keys'] });
        },
    });
    if (made)
        return (
            <Alert type="success" header={t('overview.start.key.made')}>
                <SpaceBetween size="xs">
                    <span>{t('overview.start.key.once')}</span>
                    <Snippet label={t('overview.start.key.copy')}>{made.token}</Snippet>
                </SpaceBetween>
            </Alert>
        );
    if (!session.may('owner')) return <Alert type="info">{t('overview.start.key.owner')}</Alert>;
    const missing = !(wanted ?? name).trim();
    return (
        <form
            onSubmit={(event) => {
                event.preventDefault();
                if (!missing) make.mutate();
            }}
        >
            <SpaceBetween size="s">
                {make.error !== null && <ErrorBox error={make.error} />}
                <FormField
                    label={t('overview.start.key.name')}
                    description={t('overview.start.key.what')}
                    errorText={missing ? t('overview.start.key.missing') : undefined}
                    secondaryControl={
                        <Button formAction="submit" loading={make.isPending} variant="primary">
                            {t('overview.start.key.make')}
                        </Button>
                    }
                >
                    <Input value={wanted ?? name} onChange={({ detail }) => setWanted(detail.value)} />
                </FormField>
            </SpaceBetween>
        </form>
    );
}
