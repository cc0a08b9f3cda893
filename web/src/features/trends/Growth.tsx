import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Cards from '@cloudscape-design/components/cards';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { useTimes } from '~/app/time';
import { Empty } from '~/ui/Empty';
import { Follow } from '~/ui/Follow';
import { Change, useChangeText } from './Change';
import { type By, eventsLink, filterOf, partOf, type Row, rowName, type Scope, serviceName } from './data';
import { RowTable } from './RowTable';
import { SmallPlot } from './SmallPlot';

const seconds = { hour: 3600, day: 86400, week: 604800 } as const;
const firstShown = 6;

/** What rose most, as small multiples, and all of it as a table. */
export function Growth({
    rows,
    begins,
    by,
    bucket,
    scope,
    organisation,
    leftOut,
    narrow,
}: {
    rows: readonly Row[];
    begins: readonly string[];
    by: By;
    bucket: 'hour' | 'day' | 'week';
    scope: Scope;
    organisation: string;
    leftOut: number;
    /** The link that narrows the page to the row. */
    narrow: (row: Row) => string;
}) {
    const t = useText();
    const intl = useIntl();
    const times = useTimes();
    const changeText = useChangeText();
    const [all, setAll] = useState(false);
    const risers = rows.filter((row) => row.change > 0);
    const shown = risers.length > 0 ? risers : rows;
    return (
        <SpaceBetween size="l">
            <Cards
                items={shown.slice(0, all ? 24 : firstShown)}
                trackBy={(row) => `${row.account}|${row.region}|${row.service}|${row.api}`}
                cardsPerRow={[{ cards: 1 }, { minWidth: 560, cards: 2 }, { minWidth: 860, cards: 3 }]}
                header={
                    <Header
                        variant="h2"
                        counter={`(${intl.formatNumber(risers.length)})`}
                        description={t('trends.risers.what', {
                            from: times.day(scope.since),
                            until: times.day(scope.until),
                        })}
                        actions={
                            shown.length > firstShown && (
                                <Button onClick={() => setAll(!all)}>
                                    {all
                                        ? t('trends.risers.less')
                                        : t('trends.risers.more', { count: Math.min(24, shown.length) })}
                                </Button>
                            )
                        }
                    >
                        {risers.length > 0 ? t('trends.risers') : t('trends.risers.none')}
                    </Header>
                }
                ariaLabels={{ itemSelectionLabel: () => '', selectionGroupLabel: '' }}
                empty={<Empty title={t('trends.empty')} text={t('trends.empty.text')} />}
                cardDefinition={{
                    header: (row) => (
                        <div className="vg-riser-head">
                            <span>
                                <Follow to={narrow(row)}>{rowName(row, by, organisation)}</Follow>
                                {by === 'api' && !scope.service && (
                                    <span className="vg-muted"> {serviceName(row.service ?? '')}</span>
                                )}
                            </span>
                            <Change now={row.calls} before={row.before} isNew={row.is_new} />
                        </div>
                    ),
                    sections: [
                        {
                            id: 'plot',
                            content: (row) => (
                                <SmallPlot
                                    begins={begins}
                                    values={row.buckets}
                                    width={seconds[bucket]}
                                    label={t('trends.plot', {
                                        name: rowName(row, by, organisation),
                                        calls: intl.formatNumber(row.calls),
                                        change: changeText(row.calls, row.before),
                                        most: intl.formatNumber(Math.max(0, ...row.buckets)),
                                    })}
                                />
                            ),
                        },
                        {
                            id: 'numbers',
                            content: (row) => (
                                <div className="vg-riser-foot">
                                    <Box variant="small">
                                        {t('trends.numbers', {
                                            calls: row.calls,
                                            before: row.before,
                                            errors: row.errors,
                                        })}
                                    </Box>
                                    <Follow
                                        to={eventsLink(scope, filterOf(partOf(row, scope)))}
                                        label={t('trends.events.of', { name: rowName(row, by, organisation) })}
                                    >
                                        {t('trends.events')}
                                    </Follow>
                                </div>
                            ),
                        },
                    ],
                }}
            />
            {rows.length > 0 && (
                <RowTable
                    rows={rows}
                    by={by}
                    scope={scope}
                    organisation={organisation}
                    leftOut={leftOut}
                    narrow={narrow}
                />
            )}
        </SpaceBetween>
    );
}
