import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FileUpload from '@cloudscape-design/components/file-upload';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { api, body, type Schemas } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import { ErrorBox } from '~/ui/ErrorBox';
import { ImportChanges } from './ImportChanges';
import { isYaml, nameOf, type YamlFile } from './yaml';

type Result = Schemas['RuleImportResult'];

async function filesOf(text: string, files: readonly File[], pasted: string): Promise<YamlFile[]> {
    const read = await Promise.all(files.map(async (file) => ({ name: nameOf(file), text: await file.text() })));
    return text.trim() ? [{ name: pasted, text }, ...read] : read;
}

/** Rules from texts of YAML: first what would change, then the change. */
export default function ImportPage() {
    const t = useText();
    const navigate = useNavigate();
    const flash = useFlash();
    const client = useQueryClient();
    const folder = useRef<HTMLInputElement>(null);
    const [text, setText] = useState('');
    const [files, setFiles] = useState<readonly File[]>([]);
    /** What was looked at; it no longer stands once a text changes. */
    const [plan, setPlan] = useState<Result | null>(null);
    const edit = (change: () => void) => {
        change();
        setPlan(null);
    };
    const ask = async (more: { dry_run: boolean; plan?: string }) =>
        body(
            api.POST('/api/v1/rules/import', {
                body: { files: await filesOf(text, files, t('rules.import.pasted')), ...more },
            }),
        );
    const look = useMutation({ mutationFn: () => ask({ dry_run: true }), onSuccess: setPlan });
    const take = useMutation({
        mutationFn: (seen: Result) => ask({ dry_run: false, plan: seen.plan }),
        onSuccess: (done) => {
            setPlan(done);
            if (!done.applied) return;
            client.invalidateQueries({ queryKey: ['rules'] });
            client.invalidateQueries({ queryKey: ['rule'] });
            flash.push({
                id: 'rules-import',
                type: 'success',
                content: t('rules.import.done', { added: done.added, changed: done.changed }),
            });
            navigate('/rules');
        },
        // What stands now is another thing than what was looked at.
        onError: () => look.mutate(),
    });
    const nothing = !text.trim() && files.length === 0;
    const doable = plan !== null && plan.refused === 0 && plan.added + plan.changed > 0;
    return (
        <Page title={t('rules.import')} parents={[[t('rules.title'), '/rules']]} help="rules.help">
            <SpaceBetween size="m">
                <Header
                    variant="h1"
                    description={t('rules.import.text')}
                    actions={
                        <SpaceBetween direction="horizontal" size="xs">
                            <Button disabled={nothing} loading={look.isPending} onClick={() => look.mutate()}>
                                {t('rules.import.look')}
                            </Button>
                            <Button
                                variant="primary"
                                disabled={!doable}
                                loading={take.isPending}
                                onClick={() => plan && take.mutate(plan)}
                            >
                                {t('rules.import.take')}
                            </Button>
                        </SpaceBetween>
                    }
                >
                    {t('rules.import')}
                </Header>
                <Container>
                    <SpaceBetween size="m">
                        <FormField label={t('rules.import.paste')} stretch>
                            <div className="vg-written">
                                <Textarea
                                    value={text}
                                    rows={8}
                                    spellcheck={false}
                                    placeholder={t('rules.import.example')}
                                    onChange={({ detail }) => edit(() => setText(detail.value))}
                                />
                            </div>
                        </FormField>
                        <FormField label={t('rules.import.files')} description={t('rules.import.files.help')}>
                            <SpaceBetween size="xs" direction="horizontal">
                                <FileUpload
                                    multiple
                                    accept=".yaml,.yml"
                                    value={files}
                                    showFileSize
                                    onChange={({ detail }) => edit(() => setFiles(detail.value))}
                                    i18nStrings={{
                                        uploadButtonText: () => t('rules.import.files.choose'),
                                        dropzoneText: () => t('rules.import.files.drop'),
                                        removeFileAriaLabel: (at) =>
                                            t('rules.import.files.remove', { name: files[at]?.name ?? '' }),
                                        limitShowFewer: t('rules.import.files.fewer'),
                                        limitShowMore: t('rules.import.files.more'),
                                        errorIconAriaLabel: t('problem.header'),
                                    }}
                                    tokenLimit={5}
                                />
                                <Button iconName="folder" onClick={() => folder.current?.click()}>
                                    {t('rules.import.folder')}
                                </Button>
                                <input
                                    ref={folder}
                                    type="file"
                                    hidden
                                    multiple
                                    {...{ webkitdirectory: '' }}
                                    onChange={({ target }) => {
                                        const all = [...(target.files ?? [])].filter(({ name }) => isYaml(name));
                                        edit(() => setFiles(all));
                                        target.value = '';
                                    }}
                                />
                            </SpaceBetween>
                        </FormField>
                    </SpaceBetween>
                </Container>
                {look.error && <ErrorBox error={look.error} />}
                {take.error && <ErrorBox error={take.error} />}
                {plan && plan.refused > 0 && (
                    <Alert type="error" header={t('rules.import.refused', { count: plan.refused })}>
                        {t('rules.import.refused.text')}
                    </Alert>
                )}
                {plan && plan.changes.length === 0 && (
                    <Box color="text-body-secondary">{t('rules.import.nothing')}</Box>
                )}
                {plan && plan.changes.length > 0 && <ImportChanges result={plan} />}
            </SpaceBetween>
        </Page>
    );
}
