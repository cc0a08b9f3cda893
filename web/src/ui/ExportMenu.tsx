import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { useText } from '~/app/intl';

const formats = ['csv', 'ndjson', 'parquet'] as const;
export type ExportFormat = (typeof formats)[number];

/** Gets a file of the server with the session's cookie. A refusal shows among the downloads and leaves the page as it is. */
export function download(path: string): void {
    const anchor = document.createElement('a');
    anchor.href = path;
    anchor.download = '';
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
}

/** Saves what a view shows, streamed by the server; `path` gives the call of a format. */
export function ExportMenu({ path, disabled }: { path: (format: ExportFormat) => string; disabled?: boolean }) {
    const t = useText();
    return (
        <ButtonDropdown
            expandToViewport
            disabled={disabled}
            items={formats.map((id) => ({ id, text: t(`ui.export.${id}`) }))}
            onItemClick={({ detail }) => download(path(detail.id as ExportFormat))}
        >
            {t('ui.export')}
        </ButtonDropdown>
    );
}
