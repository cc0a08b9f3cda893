import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { type Case, changeCase } from '~/ui/cases';
import { NoteForm } from '~/ui/NoteForm';
import { When } from '~/ui/When';

/** What people wrote in the case, latest first, and room for a further note. */
export function CaseNotes({ one, mayChange }: { one: Case; mayChange: boolean }) {
    const t = useText();
    const client = useQueryClient();
    const { who } = useSession();
    const add = useMutation({
        mutationFn: (note: string) =>
            changeCase(client, one.id, (before) => ({
                ...before,
                notes: [...before.notes, { at: new Date().toISOString(), by: who, text: note }],
            })),
    });
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
                    <NoteForm
                        label={t('investigate.note.new')}
                        placeholder={t('investigate.note.placeholder')}
                        action={t('investigate.note.add')}
                        add={(text, kept) => add.mutate(text, { onSuccess: kept })}
                        busy={add.isPending}
                        error={add.error}
                    />
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
