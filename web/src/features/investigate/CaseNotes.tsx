import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { type Case, changeCase } from '~/ui/cases';
import { ErrorBox } from '~/ui/ErrorBox';
import { When } from '~/ui/When';

/** What people wrote in the case, latest first, and room for a further note. */
export function CaseNotes({ one, mayChange }: { one: Case; mayChange: boolean }) {
    const t = useText();
    const client = useQueryClient();
    const { who } = useSession();
    const [text, setText] = useState('');
    const add = useMutation({
        mutationFn: (note: string) =>
            changeCase(client, one.id, (before) => ({
                ...before,
                notes: [...before.notes, { at: new Date().toISOString(), by: who, text: note }],
            })),
        onSuccess: () => setText(''),
    });
    const submit = () => {
        if (text.trim() && !add.isPending) add.mutate(text.trim());
    };
    return (
        <Container
            header={
                <Header variant="h2" counter={`(${one.notes.length})`}>
                    {t('investigate.notes')}
                </Header>
            }
        >
            <SpaceBetween size="m">
                {mayChange && (
                    <form
                        onSubmit={(event) => {
                            event.preventDefault();
                            submit();
                        }}
                        onKeyDown={(event) => {
                            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
                        }}
                    >
                        <SpaceBetween size="xs">
                            <FormField label={t('investigate.note.new')} stretch>
                                <Textarea
                                    value={text}
                                    rows={3}
                                    placeholder={t('investigate.note.placeholder')}
                                    onChange={({ detail }) => setText(detail.value)}
                                />
                            </FormField>
                            {add.error && <ErrorBox error={add.error} />}
                            <Button formAction="submit" loading={add.isPending} disabled={!text.trim()}>
                                {t('investigate.note.add')}
                            </Button>
                        </SpaceBetween>
                    </form>
                )}
                {one.notes.toReversed().map((note) => (
                    <article key={`${note.at} ${note.by}`}>
                        <Box color="text-body-secondary" fontSize="body-s">
                            {note.by} · <When time={Number.isNaN(Date.parse(note.at)) ? null : note.at} />
                        </Box>
                        <div className="vg-case-note">{note.text}</div>
                    </article>
                ))}
                {one.notes.length === 0 && <Box color="text-body-secondary">{t('investigate.notes.none')}</Box>}
            </SpaceBetween>
        </Container>
    );
}
