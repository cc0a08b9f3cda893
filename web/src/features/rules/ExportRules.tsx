import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { problemOf } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useProblem } from '~/ui/ErrorBox';
import type { Rule } from './data';
import { exportPaths, isExported } from './yaml';

function save(text: string): void {
    const address = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
    const anchor = document.createElement('a');
    anchor.href = address;
    anchor.download = 'rules.yaml';
    anchor.click();
    URL.revokeObjectURL(address);
}

async function textOf(path: string): Promise<string> {
    const answer = await globalThis.fetch(path);
    if (!answer.ok) throw await problemOf(answer);
    return answer.text();
}

interface Props {
    all: readonly Rule[];
    found: readonly Rule[];
    chosen: readonly Rule[];
    narrowed: boolean;
}

/** Saves rules as YAML, as `vigia rules pull` writes them. Of those as shipped there is nothing to save. */
export function ExportRules({ all, found, chosen, narrowed }: Props) {
    const t = useText();
    const flash = useFlash();
    const problem = useProblem();
    const counts = { chosen, found, all };
    const run = async (which: keyof typeof counts) => {
        try {
            const ids = which === 'all' ? 'all' : counts[which].filter(isExported).map(({ id }) => id);
            const texts = [];
            for (const path of exportPaths(ids)) texts.push(await textOf(path));
            save(texts.join(''));
        } catch (error) {
            const { header, text } = problem(error);
            flash.push({ id: 'rules-export', type: 'error', header, content: text });
        }
    };
    const item = (id: keyof typeof counts, disabled: boolean) => {
        const count = counts[id].filter(isExported).length;
        return {
            id,
            text: t(`rules.export.${id}`, { count }),
            disabled: disabled || count === 0,
            disabledReason: disabled ? undefined : t('rules.export.none'),
        };
    };
    return (
        <ButtonDropdown
            expandToViewport
            items={[item('chosen', chosen.length === 0), item('found', !narrowed), item('all', false)]}
            onItemClick={({ detail }) => run(detail.id as keyof typeof counts)}
        >
            {t('rules.export')}
        </ButtonDropdown>
    );
}
