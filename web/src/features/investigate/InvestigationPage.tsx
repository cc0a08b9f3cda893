import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import { useSession } from '~/app/session';
import { useCopy } from '~/ui/Copy';
import { asMarkdown, type Case, caseQuery, changeCase, verdicts } from '~/ui/cases';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { When } from '~/ui/When';
import { CaseNotes } from './CaseNotes';
import { CasePins } from './CasePins';
import './investigate.css';

/** Gives the text to the person as a file. */
function save(name: string, type: string, text: string) {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const anchor = document.createElement('a');
    anchor.href = url;
    anchor.download = name;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
}

const fileName = (name: string) =>
    name
        .replace(/[^\p{L}\p{N}]+/gu, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 80) || 'case';

/** A case: what was pinned to it, the notes, what was found in the end. */
export default function InvestigationPage() {
    const t = useText();
    const { id = '' } = useParams();
    const found = useQuery(caseQuery(id));
    return (
        <Page
            title={found.data?.name ?? t('investigate.case')}
            parents={[[t('investigate.title'), '/investigate']]}
            help="investigate.case.help"
        >
            {found.error && !found.data ? (
                <ErrorBox error={found.error} retry={() => found.refetch()} />
            ) : found.data ? (
                <Whole key={id} one={found.data} />
            ) : (
                <Loading rows={8} />
            )}
        </Page>
    );
}

function Whole({ one }: { one: Case }) {
    const t = useText();
    const copy = useCopy();
    const client = useQueryClient();
    const { may } = useSession();
    const mayChange = one.own || may('owner');
    const change = useMutation({
        mutationFn: (how: (before: Case) => Case) => changeCase(client, one.id, how),
    });
    const put = (part: Partial<Case>) => change.mutate((before) => ({ ...before, ...part }));
    const status = t(`investigate.case.status.${one.status}`);
    const verdict = t(`investigate.verdict.${one.verdict}`);
    const markdown = () =>
        asMarkdown(one, {
            status: `${t('investigate.case.status')}: ${status}`,
            verdict: `${t('investigate.verdict')}: ${verdict}`,
            pins: t('investigate.pins'),
            notes: t('investigate.notes'),
        });
    const options = verdicts.map((value) => ({ value, label: t(`investigate.verdict.${value}`) }));
    return (
        <SpaceBetween size="l">
            <Header
                variant="h1"
                actions={
                    <SpaceBetween direction="horizontal" size="xs">
                        <ButtonDropdown
                            items={[
                                { id: 'md', text: t('investigate.export.markdown') },
                                { id: 'json', text: t('investigate.export.json') },
                                { id: 'copy', text: t('investigate.export.copy') },
                            ]}
                            onItemClick={({ detail }) => {
                                if (detail.id === 'md') save(`${fileName(one.name)}.md`, 'text/markdown', markdown());
                                else if (detail.id === 'json')
                                    save(
                                        `${fileName(one.name)}.json`,
                                        'application/json',
                                        `${JSON.stringify(one, null, 2)}\n`,
                                    );
                                else copy(markdown());
                            }}
                        >
                            {t('investigate.export')}
                        </ButtonDropdown>
                        {mayChange && (
                            <Button
                                loading={change.isPending}
                                onClick={() => put({ status: one.status === 'open' ? 'closed' : 'open' })}
                            >
                                {t(one.status === 'open' ? 'investigate.case.close' : 'investigate.case.reopen')}
                            </Button>
                        )}
                    </SpaceBetween>
                }
            >
                <span className="vg-wrap">{one.name}</span>
            </Header>
            {!mayChange && <Alert type="info">{t('investigate.case.theirs')}</Alert>}
            {change.error && <ErrorBox error={change.error} />}
            <Container>
                <KeyValuePairs
                    columns={4}
                    items={[
                        { label: t('investigate.case.status'), value: status },
                        {
                            label: t('investigate.verdict'),
                            value: mayChange ? (
                                <Select
                                    ariaLabel={t('investigate.verdict')}
                                    selectedOption={options.find(({ value }) => value === one.verdict) ?? null}
                                    options={options}
                                    disabled={change.isPending}
                                    onChange={({ detail }) =>
                                        put({ verdict: detail.selectedOption.value as Case['verdict'] })
                                    }
                                />
                            ) : (
                                verdict
                            ),
                        },
                        { label: t('investigate.case.made'), value: <When time={one.created_at} /> },
                        { label: t('investigate.case.changed'), value: <When time={one.updated_at} /> },
                    ]}
                />
            </Container>
            <CasePins one={one} mayChange={mayChange} />
            <CaseNotes one={one} mayChange={mayChange} />
        </SpaceBetween>
    );
}
