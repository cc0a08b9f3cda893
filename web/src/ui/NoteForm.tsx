import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { ErrorBox } from './ErrorBox';

interface Props {
    label: string;
    placeholder: string;
    action: string;
    /** Keeps the note, without the space around it, and calls `kept` when it stands. */
    add: (text: string, kept: () => void) => void;
    busy: boolean;
    error: unknown;
}

/** Room for a note. Ctrl+Enter sends it; what could not be kept stays as it was typed. */
export function NoteForm({ label, placeholder, action, add, busy, error }: Props) {
    const [text, setText] = useState('');
    const submit = () => {
        if (text.trim() && !busy) add(text.trim(), () => setText(''));
    };
    return (
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
                <FormField label={label} stretch>
                    <Textarea
                        value={text}
                        rows={3}
                        placeholder={placeholder}
                        onChange={({ detail }) => setText(detail.value)}
                    />
                </FormField>
                {Boolean(error) && <ErrorBox error={error} />}
                <Button formAction="submit" loading={busy} disabled={!text.trim()}>
                    {action}
                </Button>
            </SpaceBetween>
        </form>
    );
}
