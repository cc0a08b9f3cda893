import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '~/app/intl';
import { useUrl } from '~/app/url';
import { useSettled } from '~/app/useSettled';
import { parse } from '~/filter';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { FilterExplained } from '~/ui/FilterExplained';
import { Loading } from '~/ui/Loading';
import { AddTest } from './AddTest';
import type { Draft } from './RuleForm';
import { explainRecordQuery, type RuleTest, type Run, recordsOf, runsQuery, sameTests, sampleOf } from './tests';

interface Props {
    draft: Draft;
    /** The tests as they stand on the server. */
    stands: readonly RuleTest[] | undefined;
    locked: boolean;
    onChange: (tests: RuleTest[]) => void;
}

interface Row {
    at: number;
    test: RuleTest;
    run: Run | undefined;
}

const settleMs = 400;

/** The tests of a rule, run with its filter as it is being written. */
export function TestsTab({ draft, stands, locked, onChange }: Props) {
    const t = useText();
    const { get, set } = useUrl();
    const [adding, setAdding] = useState(false);
    const tests = draft.tests ?? [];
    const asked = useSettled(draft, settleMs);
    const good = parse(asked.filter).ok;
    const runs = useQuery({ ...runsQuery(asked), enabled: good && tests.length > 0 });
    const current = asked === draft && good ? runs.data : undefined;
    const rows = tests.map((test, at): Row => ({ at, test, run: current?.[at] }));
    const chosen = rows.find(({ test }) => test.name === get('test')) ?? rows[0];
    const passed = current?.filter((one) => one.passed).length;
    return (
        <SpaceBetween size="m">
            {runs.error && <ErrorBox error={runs.error} retry={() => runs.refetch()} />}
            {!good && <Alert type="warning">{t('rules.tests.broken')}</Alert>}
            {!sameTests(stands, tests) && <Alert type="info">{t('rules.tests.unsaved')}</Alert>}
            <Table
                contentDensity="compact"
                wrapLines
                items={rows}
                trackBy={({ at }) => String(at)}
                header={
                    <Header
                        variant="h2"
                        counter={
                            passed === undefined
                                ? undefined
                                : `(${t('rules.tests.state', { passed, count: rows.length })})`
                        }
                        description={t(locked ? 'rules.tests.shipped' : 'rules.tests.help')}
                        actions={!locked && <Button onClick={() => setAdding(true)}>{t('rules.tests.add')}</Button>}
                    >
                        {t('rules.tests')}
                    </Header>
                }
                selectionType={rows.length > 0 ? 'single' : undefined}
                selectedItems={chosen ? [chosen] : []}
                onSelectionChange={({ detail }) => set({ test: detail.selectedItems[0]?.test.name })}
                onRowClick={({ detail }) => set({ test: detail.item.test.name })}
                ariaLabels={{
                    tableLabel: t('rules.tests'),
                    selectionGroupLabel: t('rules.tests'),
                    itemSelectionLabel: (_, { test }) => test.name,
                }}
                empty={<Empty title={t('rules.tests.none')} text={t('rules.tests.none.text')} />}
                columnDefinitions={[
                    {
                        id: 'result',
                        header: t('rules.tests.result'),
                        width: 130,
                        cell: ({ run }) => <Result run={run} running={good} />,
                    },
                    { id: 'name', header: t('rules.tests.name'), isRowHeader: true, cell: ({ test }) => test.name },
                    {
                        id: 'expected',
                        header: t('rules.tests.expected'),
                        width: 140,
                        cell: ({ test }) => t(test.fires ? 'rules.tests.fires' : 'rules.tests.quiet'),
                    },
                    { id: 'sample', header: t('rules.tests.sample'), cell: ({ test }) => <Sample test={test} /> },
                    ...(locked
                        ? []
                        : [
                              {
                                  id: 'remove',
                                  header: t('rules.actions'),
                                  width: 110,
                                  cell: ({ at, test }: Row) => (
                                      <Button
                                          variant="inline-link"
                                          ariaLabel={t('rules.tests.remove.of', { name: test.name })}
                                          onClick={() => onChange(tests.filter((_, other) => other !== at))}
                                      >
                                          {t('rules.tests.remove')}
                                      </Button>
                                  ),
                              },
                          ]),
                ]}
            />
            {chosen && good && <Why key={chosen.at} draft={asked} row={chosen} />}
            {adding && (
                <AddTest
                    draft={draft}
                    add={(test) => {
                        onChange([...tests, test]);
                        set({ test: test.name });
                        setAdding(false);
                    }}
                    close={() => setAdding(false)}
                />
            )}
        </SpaceBetween>
    );
}

function Result({ run, running }: { run: Run | undefined; running: boolean }) {
    const t = useText();
    if (!run) return running ? <StatusIndicator type="loading">{t('rules.tests.running')}</StatusIndicator> : <>–</>;
    return (
        <StatusIndicator type={run.passed ? 'success' : 'error'}>
            {t(run.passed ? 'rules.tests.passed' : 'rules.tests.failed')}
        </StatusIndicator>
    );
}

function Sample({ test }: { test: RuleTest }) {
    const t = useText();
    const records = recordsOf(test);
    return <>{test.events ? t('rules.tests.alert', { count: records.length }) : sampleOf(records[0] ?? '')}</>;
}

/** How the filter comes out for the events of a test. */
function Why({ draft, row: { test, run } }: { draft: Draft; row: Row }) {
    const t = useText();
    const [at, setAt] = useState(0);
    const records = recordsOf(test);
    const explained = useQuery(explainRecordQuery(draft, records[at] ?? '{}'));
    const options = records.map((record, number) => ({
        value: String(number),
        label: `${t('rules.tests.event', { number: number + 1, count: records.length })} · ${sampleOf(record)}`,
    }));
    const quieted = !test.events && run && !run.fires && explained.data?.verdict === 'true';
    return (
        <Container header={<Header variant="h3">{t('rules.tests.why', { name: test.name })}</Header>}>
            <SpaceBetween size="s">
                {run && (
                    <Box>
                        <Result run={run} running /> ·{' '}
                        {t(run.fires ? 'rules.tests.got.fires' : 'rules.tests.got.quiet')}
                    </Box>
                )}
                {quieted && <Box>{t('rules.tests.suppressed')}</Box>}
                {records.length > 1 && (
                    <FormField label={t('rules.tests.event.choose')}>
                        <Select
                            options={options}
                            selectedOption={options[at]!}
                            onChange={({ detail }) => setAt(Number(detail.selectedOption.value))}
                        />
                    </FormField>
                )}
                {explained.error ? (
                    <ErrorBox error={explained.error} retry={() => explained.refetch()} />
                ) : explained.data ? (
                    <FilterExplained explained={explained.data} />
                ) : (
                    <Loading rows={3} />
                )}
            </SpaceBetween>
        </Container>
    );
}
