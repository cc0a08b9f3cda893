import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { ServerDiff } from './Diff';

type Change = Schemas['RuleImportChange'];

/** In the order in which they matter. */
const verdicts = ['refused', 'changed', 'added', 'unchanged'] as const;
const signs: Record<Change['verdict'], StatusIndicatorProps.Type> = {
    refused: 'error',
    changed: 'info',
    added: 'success',
    unchanged: 'stopped',
};
/** So many are opened at first; more would bury what is beneath. */
const openedMax = 5;

/** What an import would change, each thing with its place, its difference, or why it is refused. */
export function ImportChanges({ result }: { result: Schemas['RuleImportResult'] }) {
    const t = useText();
    const [only, setOnly] = useState<string>('');
    const shown = verdicts
        .filter((one) => !only || only === one)
        .flatMap((verdict) => result.changes.filter((one) => one.verdict === verdict));
    return (
        <SpaceBetween size="s">
            <SegmentedControl
                label={t('rules.import.show')}
                selectedId={only}
                options={[
                    { id: '', text: t('rules.import.all', { count: result.changes.length }) },
                    ...verdicts.map((id) => ({
                        id,
                        text: t(`rules.import.count.${id}`, { count: result[id] }),
                        disabled: result[id] === 0,
                    })),
                ]}
                onChange={({ detail }) => setOnly(detail.selectedId)}
            />
            {shown.map((one, at) => (
                <ExpandableSection
                    key={`${one.file}:${one.line}:${one.id}`}
                    variant="container"
                    defaultExpanded={at < openedMax && one.verdict !== 'unchanged'}
                    headerText={
                        <>
                            <StatusIndicator type={signs[one.verdict]}>
                                {t(
                                    one.verdict === 'refused'
                                        ? 'rules.import.is-refused'
                                        : `rules.import.${one.verdict}`,
                                )}
                            </StatusIndicator>{' '}
                            {one.title || t('rules.import.untitled')}{' '}
                            <Badge>{t(`rules.import.kind.${one.kind}`)}</Badge>
                        </>
                    }
                    headerDescription={t('rules.import.place', { file: one.file, line: String(one.line) })}
                >
                    <Body change={one} />
                </ExpandableSection>
            ))}
        </SpaceBetween>
    );
}

function Body({ change }: { change: Change }) {
    const t = useText();
    if (change.verdict === 'refused')
        return (
            <ul className="vg-import-problems">
                {change.problems.map(({ line, message }, at) => (
                    <li key={at}>
                        <span className="vg-code">
                            {change.file}:{line}
                        </span>
                        <pre className="vg-code">{message}</pre>
                    </li>
                ))}
            </ul>
        );
    if (change.diff === '') return <Box color="text-body-secondary">{t('rules.import.same')}</Box>;
    return (
        <SpaceBetween size="xs">
            <ServerDiff diff={change.diff} />
            {change.diff_cut && <Box color="text-body-secondary">{t('rules.import.cut')}</Box>}
        </SpaceBetween>
    );
}
