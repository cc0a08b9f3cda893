import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { lazy, Suspense } from 'react';
import { useText } from '~/app/intl';
import { parse } from '~/filter';
import { Backtest } from '~/ui/Backtest';
import type { Draft } from './RuleForm';

const FilterField = lazy(() => import('~/ui/FilterField'));

interface Props {
    draft: Draft;
    /** As it stands on the server, to compare with; left out for a new rule. */
    stands?: string;
    locked: boolean;
    /** Filters of suppressions that are in force beside the rule's own. */
    suppressions: readonly string[];
    onChange: (filter: string) => void;
    onClone?: () => void;
}

/** The filter of a rule, tested against history while it is written. */
export function FilterTab({ draft, stands, locked, suppressions, onChange, onClone }: Props) {
    const t = useText();
    const { name: _name, enabled: _enabled, ...asked } = draft;
    const changed = stands !== undefined && stands.trim() !== draft.filter.trim();
    const question = parse(draft.filter).ok
        ? {
              rule: {
                  ...asked,
                  name: draft.name || 'draft',
                  suppressions: [...(draft.suppressions ?? []), ...suppressions],
              },
              ...(changed ? { old_filter: stands } : {}),
          }
        : null;
    return (
        <SpaceBetween size="l">
            {locked && (
                <Alert type="info" action={onClone && <Button onClick={onClone}>{t('rules.clone')}</Button>}>
                    {t('rules.locked')}
                </Alert>
            )}
            <Suspense
                fallback={
                    <Textarea
                        value={draft.filter}
                        rows={6}
                        ariaLabel={t('rules.filter')}
                        onChange={({ detail }) => onChange(detail.value)}
                    />
                }
            >
                <FilterField
                    value={draft.filter}
                    onChange={onChange}
                    type={draft.type}
                    label={t('rules.filter')}
                    multiline
                    readOnly={locked}
                    placeholder={t('rules.filter.example')}
                />
            </Suspense>
            <SpaceBetween size="s">
                <Header variant="h2" description={t('rules.test.help')}>
                    {t('rules.test')}
                </Header>
                {draft.filter.trim() === '' ? (
                    <Box color="text-body-secondary">{t('rules.test.empty')}</Box>
                ) : (
                    <Backtest question={question} />
                )}
            </SpaceBetween>
        </SpaceBetween>
    );
}
