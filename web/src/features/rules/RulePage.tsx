import Alert from '@cloudscape-design/components/alert';
import Badge from '@cloudscape-design/components/badge';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import Toggle from '@cloudscape-design/components/toggle';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useBlocker, useNavigate, useParams } from 'react-router';
import { ApiError, api, body, versioned } from '~/api/client';
import { ruleQuery, suppressionsQuery } from '~/api/queries';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import { useSession } from '~/app/session';
import { link, useUrl } from '~/app/url';
import { CopyAs } from '~/ui/Copy';
import { Dialog } from '~/ui/Dialog';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { Severity } from '~/ui/Severity';
import { DeploymentTab } from './DeploymentTab';
import { bodyOf, freeName, type Rule, rulesQuery, settle } from './data';
import { FilterTab } from './FilterTab';
import { HistoryTab } from './HistoryTab';
import { type Draft, RuleForm } from './RuleForm';
import { SuppressionsTab } from './SuppressionsTab';
import { TestsTab } from './TestsTab';
import { Upstream } from './Upstream';

export default function RulePage() {
    const t = useText();
    const { id = '' } = useParams();
    const rule = useQuery(ruleQuery(id));
    if (!rule.data)
        return (
            <Page title={t('rules.rule')} parents={[[t('rules.title'), '/rules']]}>
                <SpaceBetween size="m">
                    <Header variant="h1">{t('rules.rule')}</Header>
                    {rule.error ? <ErrorBox error={rule.error} retry={() => rule.refetch()} /> : <Loading rows={8} />}
                </SpaceBetween>
            </Page>
        );
    return <Editor key={id} rule={rule.data.data} etag={rule.data.etag} />;
}

function Editor({ rule, etag }: { rule: Rule; etag: string }) {
    const t = useText();
    const navigate = useNavigate();
    const client = useQueryClient();
    const flash = useFlash();
    const { get, set } = useUrl();
    const { may } = useSession();
    const stands = useMemo(() => bodyOf(rule), [rule]);
    const [draft, setDraft] = useState<Draft>(stands);
    const [base, setBase] = useState({ rule: stands, etag });
    const [removing, setRemoving] = useState(false);
    const suppressions = useQuery(suppressionsQuery(rule.id));
    const dirty = JSON.stringify(draft) !== JSON.stringify(base.rule);
    const meanwhile = etag !== base.etag;
    // What another person changed is taken over as long as nothing was typed here.
    useEffect(() => {
        if (dirty || !meanwhile) return;
        setDraft(stands);
        setBase({ rule: stands, etag });
    }, [dirty, meanwhile, stands, etag]);
    const blocker = useBlocker(
        ({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname,
    );
    const changed = () => {
        client.invalidateQueries({ queryKey: ['rule', rule.id] });
        client.invalidateQueries({ queryKey: ['rules'] });
    };
    const save = useMutation({
        mutationFn: async (over: string) => {
            const path = { id: rule.id };
            if (!rule.managed)
                return versioned(
                    api.PUT('/api/v1/rules/{id}', { params: { path, header: { 'If-Match': over } }, body: draft }),
                );
            const { severity, enabled, threshold, window_s } = draft;
            const settings = await versioned(api.GET('/api/v1/rules/{id}/settings', { params: { path } }));
            return versioned(
                api.PUT('/api/v1/rules/{id}/settings', {
                    params: { path, header: { 'If-Match': settings.etag } },
                    body: { severity, enabled, threshold, window_s },
                }),
            );
        },
        onSuccess: async () => {
            const fresh = await client.fetchQuery({ ...ruleQuery(rule.id), staleTime: 0 });
            const now = bodyOf(fresh.data);
            setBase({ rule: now, etag: fresh.etag });
            setDraft(now);
            changed();
            flash.push({ id: 'rule', type: 'success', content: t('rules.saved') });
        },
    });
    const conflict = save.error instanceof ApiError && save.error.code === 'changed_meanwhile';
    const clone = useMutation({
        mutationFn: async () => {
            const names = (await client.fetchQuery({ ...rulesQuery(), staleTime: 0 })).map(({ name }) => name);
            const copy = await body(
                api.POST('/api/v1/rules/{id}/clone', {
                    params: { path: { id: rule.id } },
                    body: {
                        name: freeName(t('rules.clone.name', { name: rule.name }), names),
                        enabled: rule.enabled,
                    },
                }),
            );
            // Two rules of one filter would alert twice.
            if (rule.managed && rule.enabled) await settle(rule, { enabled: false });
            return copy;
        },
        onSuccess: (copy) => {
            changed();
            navigate(`/rules/${copy.id}?tab=filter`);
            if (rule.managed) flash.push({ id: 'rule', type: 'info', content: t('rules.cloned') });
        },
    });
    const remove = useMutation({
        mutationFn: () =>
            api.DELETE('/api/v1/rules/{id}', { params: { path: { id: rule.id }, header: { 'If-Match': etag } } }),
        onSuccess: () => {
            setDraft(base.rule);
            client.invalidateQueries({ queryKey: ['rules'] });
            navigate('/rules');
        },
    });
    const patch = (more: Partial<Draft>) => setDraft((before) => ({ ...before, ...more }));
    const inForce = (suppressions.data ?? []).filter((one) => one.in_force).map((one) => one.filter);
    return (
        <Page title={rule.name} parents={[[t('rules.title'), '/rules']]} help="rules.help">
            <SpaceBetween size="m">
                <Header
                    variant="h1"
                    actions={
                        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                            <Toggle
                                checked={draft.enabled ?? true}
                                disabled={!may('user')}
                                onChange={({ detail }) => patch({ enabled: detail.checked })}
                            >
                                {t('rules.on')}
                            </Toggle>
                            <CopyAs call={{ path: `/api/v1/rules/${rule.id}` }} json={rule} />
                            <Button disabled={!may('user')} loading={clone.isPending} onClick={() => clone.mutate()}>
                                {t('rules.clone')}
                            </Button>
                            {!rule.managed && (
                                <Button disabled={!may('user')} onClick={() => setRemoving(true)}>
                                    {t('rules.remove')}
                                </Button>
                            )}
                            <Button
                                variant="primary"
                                disabled={!dirty || !may('user')}
                                loading={save.isPending}
                                onClick={() => save.mutate(base.etag)}
                            >
                                {t('rules.save')}
                            </Button>
                        </SpaceBetween>
                    }
                >
                    {rule.name}
                </Header>
                <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                    <Severity level={draft.severity ?? 3} />
                    <Badge>{rule.type}</Badge>
                    <Badge color={rule.managed ? 'grey' : 'blue'}>
                        {t(rule.managed ? 'rules.managed' : 'rules.own')}
                    </Badge>
                    <Follow to={link('/alerts', { rule: rule.id, status: 'all', range: '30d' })}>
                        {t('rules.alerts')}
                    </Follow>
                    <Follow to={link('/events', { filter: rule.filter.trim(), range: '7d' })}>
                        {t('rules.panel.events')}
                    </Follow>
                </SpaceBetween>
                {save.error && !conflict && <ErrorBox error={save.error} />}
                {clone.error && <ErrorBox error={clone.error} />}
                {conflict && (
                    <Alert
                        type="warning"
                        header={t('rules.conflict', { who: rule.updated_by ?? '' })}
                        action={
                            <SpaceBetween direction="horizontal" size="xs">
                                <Button
                                    onClick={() =>
                                        client
                                            .invalidateQueries({ queryKey: ['rule', rule.id] })
                                            .then(() => set({ tab: 'history' }))
                                    }
                                >
                                    {t('rules.conflict.see')}
                                </Button>
                                <Button
                                    onClick={async () => {
                                        const fresh = await client.fetchQuery({ ...ruleQuery(rule.id), staleTime: 0 });
                                        save.mutate(fresh.etag);
                                    }}
                                >
                                    {t('rules.conflict.over')}
                                </Button>
                            </SpaceBetween>
                        }
                    >
                        {t('rules.conflict.text')}
                    </Alert>
                )}
                <Upstream rule={rule} />
                <Tabs
                    activeTabId={get('tab', 'filter')}
                    onChange={({ detail }) => set({ tab: detail.activeTabId })}
                    tabs={[
                        {
                            id: 'filter',
                            label: t('rules.filter'),
                            content: (
                                <Container>
                                    <FilterTab
                                        draft={draft}
                                        stands={base.rule.filter}
                                        locked={rule.managed}
                                        suppressions={inForce}
                                        onChange={(filter) => patch({ filter })}
                                        onClone={may('user') ? () => clone.mutate() : undefined}
                                    />
                                </Container>
                            ),
                        },
                        {
                            id: 'details',
                            label: t('rules.details'),
                            content: (
                                <Container>
                                    <RuleForm draft={draft} locked={rule.managed} onChange={patch} />
                                </Container>
                            ),
                        },
                        {
                            id: 'suppressions',
                            label: t('rules.suppressions'),
                            content: <SuppressionsTab rule={rule} />,
                        },
                        {
                            id: 'tests',
                            label: t('rules.tests'),
                            content: (
                                <TestsTab
                                    draft={draft}
                                    stands={base.rule.tests}
                                    locked={rule.managed || !may('user')}
                                    onChange={(tests) => patch({ tests })}
                                />
                            ),
                        },
                        {
                            id: 'deployment',
                            label: t('rules.deployment'),
                            content: <DeploymentTab rule={rule} />,
                        },
                        { id: 'history', label: t('rules.history'), content: <HistoryTab id={rule.id} /> },
                    ]}
                />
            </SpaceBetween>
            {removing && (
                <Confirm
                    title={t('rules.remove.title', { name: rule.name })}
                    text={t('rules.remove.text')}
                    act={t('rules.remove')}
                    error={remove.error}
                    busy={remove.isPending}
                    close={() => setRemoving(false)}
                    run={() => remove.mutate()}
                />
            )}
            {blocker.state === 'blocked' && !remove.isPending && (
                <Confirm
                    title={t('rules.leave')}
                    text={t('rules.leave.text')}
                    act={t('rules.leave.do')}
                    close={() => blocker.reset()}
                    run={() => blocker.proceed()}
                />
            )}
        </Page>
    );
}

function Confirm(props: {
    title: string;
    text: string;
    act: string;
    error?: unknown;
    busy?: boolean;
    close: () => void;
    run: () => void;
}) {
    return (
        <Dialog header={props.title} action={props.act} run={props.run} close={props.close} busy={props.busy}>
            {Boolean(props.error) && <ErrorBox error={props.error} />}
            {props.text}
        </Dialog>
    );
}
