import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import Textarea from '@cloudscape-design/components/textarea';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { useSettled } from '~/app/useSettled';
import { parse } from '~/filter';
import { Dialog } from '~/ui/Dialog';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { summaryOf } from '~/ui/summary';
import { When } from '~/ui/When';
import type { Draft } from './RuleForm';
import { pasted, type RuleTest, samplesQuery } from './tests';

const FilterField = lazy(() => import('~/ui/FilterField'));

type Event = Schemas['Event'];
const ways = ['history', 'paste'] as const;
const settleMs = 500;

interface Props {
    draft: Draft;
    add: (test: RuleTest) => void;
    close: () => void;
}

/** A test made of an event that was found, or of JSON that was pasted. */
export function AddTest({ draft, add, close }: Props) {
    const t = useText();
    const [name, setName] = useState('');
    const [fires, setFires] = useState(true);
    const [way, setWay] = useState<(typeof ways)[number]>('history');
    const [event, setEvent] = useState<Event | null>(null);
    const [text, setText] = useState('');
    const [tried, setTried] = useState(false);
    const taken = (draft.tests ?? []).some((one) => one.name === name.trim());
    const unnamed = name.trim() === '';
    const made = pasted(text);
    const sample =
        way === 'paste' ? ('sample' in made ? made.sample : null) : event && { event: JSON.stringify(event.record) };
    const wrong = 'code' in made && t(`rules.tests.paste.${made.code}`, { reason: made.reason });
    return (
        <Dialog
            header={t('rules.tests.add')}
            action={t('rules.tests.add')}
            size="large"
            close={close}
            run={() => {
                setTried(true);
                if (!unnamed && !taken && sample) add({ name: name.trim(), fires, ...sample });
            }}
        >
            <SpaceBetween size="m">
                <FormField
                    label={t('rules.tests.name')}
                    errorText={tried && (unnamed ? t('rules.tests.unnamed') : taken && t('rules.tests.taken'))}
                >
                    <Input value={name} onChange={({ detail }) => setName(detail.value)} />
                </FormField>
                <FormField label={t('rules.tests.expected')}>
                    <SegmentedControl
                        label={t('rules.tests.expected')}
                        selectedId={fires ? 'fires' : 'quiet'}
                        options={(['fires', 'quiet'] as const).map((id) => ({ id, text: t(`rules.tests.${id}`) }))}
                        onChange={({ detail }) => setFires(detail.selectedId === 'fires')}
                    />
                </FormField>
                <FormField label={t('rules.tests.from')}>
                    <SegmentedControl
                        label={t('rules.tests.from')}
                        selectedId={way}
                        options={ways.map((id) => ({ id, text: t(`rules.tests.from.${id}`) }))}
                        onChange={({ detail }) => setWay(detail.selectedId as (typeof ways)[number])}
                    />
                </FormField>
                {way === 'paste' ? (
                    <FormField label={t('rules.tests.paste')} stretch errorText={(tried || text !== '') && wrong}>
                        <Textarea
                            value={text}
                            rows={10}
                            spellcheck={false}
                            placeholder='{"eventVersion": "1.09", …}'
                            onChange={({ detail }) => setText(detail.value)}
                        />
                    </FormField>
                ) : (
                    <FormField stretch errorText={tried && !event && t('rules.tests.choose')}>
                        <Found filter={draft.filter} event={event} onChoose={setEvent} />
                    </FormField>
                )}
            </SpaceBetween>
        </Dialog>
    );
}

/** The latest events of a filter, which is the rule's at first. */
function Found(props: { filter: string; event: Event | null; onChoose: (event: Event | null) => void }) {
    const t = useText();
    const [filter, setFilter] = useState(props.filter.trim());
    const asked = useSettled(filter, settleMs);
    const good = asked.trim() === '' || parse(asked).ok;
    const found = useQuery({ ...samplesQuery(asked), enabled: good });
    const rows = (found.data ?? []) as Event[];
    return (
        <SpaceBetween size="s">
            <Suspense fallback={<Loading rows={2} />}>
                <FilterField value={filter} onChange={setFilter} label={t('rules.tests.find')} />
            </Suspense>
            {found.error && <ErrorBox error={found.error} retry={() => found.refetch()} />}
            <Table
                variant="embedded"
                contentDensity="compact"
                wrapLines
                loading={good && found.isPending}
                loadingText={t('ui.loading')}
                items={rows}
                trackBy="id"
                selectionType="single"
                selectedItems={rows.filter(({ id }) => id === props.event?.id)}
                onSelectionChange={({ detail }) => props.onChoose(detail.selectedItems[0] ?? null)}
                onRowClick={({ detail }) => props.onChoose(detail.item)}
                ariaLabels={{
                    tableLabel: t('rules.tests.find'),
                    selectionGroupLabel: t('rules.tests.find'),
                    itemSelectionLabel: (_, { time, record, type }) => `${summaryOf(record ?? {}, type).what} ${time}`,
                }}
                empty={t('rules.tests.find.none')}
                columnDefinitions={[
                    {
                        id: 'time',
                        header: t('rules.tests.time'),
                        width: 200,
                        cell: ({ time }) => <When time={time} as="moment" />,
                    },
                    {
                        id: 'what',
                        header: t('rules.tests.sample'),
                        isRowHeader: true,
                        cell: ({ record, type }) => {
                            const { what, who, from } = summaryOf(record ?? {}, type);
                            return [what, who, from].filter(Boolean).join(' · ');
                        },
                    },
                ]}
            />
        </SpaceBetween>
    );
}
