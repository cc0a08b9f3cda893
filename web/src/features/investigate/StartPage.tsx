import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useText } from '~/app/intl';
import { useKeys } from '~/app/keys';
import { Page } from '~/app/page';
import type { Range } from '~/app/range';
import { rangePatch } from '~/app/range';
import { link } from '~/app/url';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Severity } from '~/ui/Severity';
import { TimeRange } from '~/ui/TimeRange';
import { When } from '~/ui/When';
import { Cases } from './Cases';
import { recentAlertsQuery } from './data';
import { examples, type Kind, kindOf, kinds } from './kinds';
import { investigatePath } from './subject';

/** Asks where to begin: with a value, an alert, or a case that is there already. */
export function StartPage() {
    const t = useText();
    const navigate = useNavigate();
    const [kind, setKind] = useState<Kind>('identity');
    const [value, setValue] = useState('');
    const [range, setRange] = useState<Range>({ last: '7d' });
    const [tried, setTried] = useState(false);
    const alerts = useQuery(recentAlertsQuery());
    useKeys([{ id: 'investigate.value', keys: '/', run: () => document.getElementById('investigate-value')?.focus() }]);
    const submit = () => {
        setTried(true);
        if (value.trim())
            navigate(investigatePath({ field: kind, value: value.trim(), host: null }, rangePatch(range)));
    };
    const options = kinds.map((one) => ({ value: one, label: t(`investigate.kind.${one}`) }));
    return (
        <Page title={t('investigate.title')} help="investigate.help">
            <SpaceBetween size="l">
                <Header variant="h1" description={t('investigate.what-for')}>
                    {t('investigate.title')}
                </Header>
                <Container>
                    <form
                        className="vg-start"
                        onSubmit={(event) => {
                            event.preventDefault();
                            submit();
                        }}
                    >
                        <FormField label={t('investigate.kind')}>
                            <Select
                                selectedOption={options.find((one) => one.value === kind) ?? null}
                                options={options}
                                onChange={({ detail }) => setKind(detail.selectedOption.value as Kind)}
                            />
                        </FormField>
                        <FormField
                            label={t('investigate.value')}
                            errorText={tried && !value.trim() && t('investigate.value.missing')}
                        >
                            <Input
                                controlId="investigate-value"
                                value={value}
                                placeholder={examples[kind]}
                                onChange={({ detail }) => {
                                    setValue(detail.value);
                                    const told = kindOf(detail.value.trim());
                                    if (told) setKind(told);
                                }}
                            />
                        </FormField>
                        <FormField label={t('investigate.span')}>
                            <TimeRange value={range} onChange={setRange} />
                        </FormField>
                        <Button variant="primary" formAction="submit">
                            {t('investigate.do')}
                        </Button>
                    </form>
                </Container>
                <Cases />
                <Table
                    items={alerts.data ?? []}
                    loading={alerts.isPending}
                    loadingText={t('ui.loading')}
                    trackBy="id"
                    wrapLines
                    header={
                        <Header variant="h2" description={t('investigate.recent.what')}>
                            {t('investigate.recent')}
                        </Header>
                    }
                    columnDefinitions={[
                        {
                            id: 'severity',
                            header: t('investigate.severity'),
                            width: 110,
                            cell: (one) => <Severity level={one.severity} />,
                        },
                        {
                            id: 'title',
                            header: t('investigate.alert'),
                            isRowHeader: true,
                            cell: (one) => (
                                <Follow to={link('/investigate', { alert: one.id })}>
                                    <span className="vg-wrap">{one.title}</span>
                                </Follow>
                            ),
                        },
                        {
                            id: 'host',
                            header: t('investigate.where'),
                            minWidth: 160,
                            cell: (one) => <span className="vg-wrap">{one.host || one.account || '–'}</span>,
                        },
                        {
                            id: 'time',
                            header: t('ui.time'),
                            width: 150,
                            cell: (one) => <When time={one.last_at} />,
                        },
                    ]}
                    empty={
                        alerts.error ? (
                            <ErrorBox error={alerts.error} retry={() => alerts.refetch()} />
                        ) : (
                            <Empty title={t('investigate.recent.none')} text={t('investigate.recent.none.what')} />
                        )
                    }
                />
            </SpaceBetween>
        </Page>
    );
}
