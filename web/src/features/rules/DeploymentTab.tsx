import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Toggle from '@cloudscape-design/components/toggle';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { link } from '~/app/url';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { When } from '~/ui/When';
import type { Rule } from './data';
import { reachQuery, rulesetsQuery } from './deployment';

/** So many places are named; the rest stands in the inventory. */
const namedMax = 10;

/** Where a rule is in force: its rulesets, and the accounts and hosts whose events it is asked of. */
export function DeploymentTab({ rule }: { rule: Rule }) {
    return (
        <SpaceBetween size="m">
            <Rulesets rule={rule} />
            <Reach rule={rule} />
        </SpaceBetween>
    );
}

function Rulesets({ rule }: { rule: Rule }) {
    const t = useText();
    const client = useQueryClient();
    const { may } = useSession();
    const rulesets = useQuery(rulesetsQuery());
    const [name, setName] = useState('');
    const settled = () => {
        client.invalidateQueries({ queryKey: ['rulesets'] });
        client.invalidateQueries({ queryKey: ['rules'] });
        client.invalidateQueries({ queryKey: ['rule', rule.id] });
    };
    const put = useMutation({
        mutationFn: ({ set, inside }: { set: Schemas['Ruleset']; inside: boolean }) =>
            api.PUT('/api/v1/rulesets/{id}', {
                params: { path: { id: set.id }, header: { 'If-Match': `"${set.version}"` } },
                body: {
                    name: set.name,
                    description: set.description,
                    rules: inside ? [...set.rules, rule.id] : set.rules.filter((id) => id !== rule.id),
                },
            }),
        onSettled: settled,
    });
    const make = useMutation({
        mutationFn: () => api.POST('/api/v1/rulesets', { body: { name: name.trim(), rules: [rule.id] } }),
        onSuccess: () => setName(''),
        onSettled: settled,
    });
    const failed = put.error ?? make.error;
    const own = (rulesets.data ?? []).filter(({ managed }) => !managed);
    return (
        <Container header={<Header variant="h2">{t('rules.deployment.rulesets')}</Header>}>
            <SpaceBetween size="s">
                {failed && <ErrorBox error={failed} />}
                {rulesets.error && <ErrorBox error={rulesets.error} retry={() => rulesets.refetch()} />}
                {rule.ruleset && (
                    <div>
                        <Follow to={link('/rules', { ruleset: rule.ruleset })}>{rule.ruleset}</Follow>{' '}
                        <Badge color="grey">{t(rule.managed ? 'rules.managed' : 'rules.deployment.written')}</Badge>
                    </div>
                )}
                {rulesets.isPending && <Loading rows={2} />}
                {own.map((set) => (
                    <SpaceBetween key={set.id} direction="horizontal" size="s" alignItems="center">
                        <Toggle
                            checked={set.rules.includes(rule.id)}
                            disabled={!may('user') || put.isPending}
                            ariaLabel={t('rules.deployment.in', { name: set.name })}
                            onChange={({ detail }) => put.mutate({ set, inside: detail.checked })}
                        >
                            {set.name}
                        </Toggle>
                        <Follow to={link('/rules', { ruleset: set.name })}>
                            {t('rules.deployment.count', { count: set.rules.length })}
                        </Follow>
                    </SpaceBetween>
                ))}
                {!rulesets.isPending && own.length === 0 && (
                    <Box color="text-body-secondary">{t('rules.deployment.own.none')}</Box>
                )}
                <FormField label={t('rules.deployment.new')}>
                    <SpaceBetween direction="horizontal" size="xs">
                        <Input
                            value={name}
                            disabled={!may('user')}
                            placeholder={t('rules.deployment.new.example')}
                            onChange={({ detail }) => setName(detail.value)}
                        />
                        <Button
                            disabled={!may('user') || !name.trim()}
                            loading={make.isPending}
                            onClick={() => make.mutate()}
                        >
                            {t('rules.deployment.make')}
                        </Button>
                    </SpaceBetween>
                </FormField>
            </SpaceBetween>
        </Container>
    );
}

function Reach({ rule }: { rule: Rule }) {
    const t = useText();
    const reach = useQuery(reachQuery(rule.type));
    const tagged = rule.tags.inclusion.length + rule.tags.exclusion.length > 0;
    return (
        <Container
            header={
                <Header variant="h2" description={t('rules.deployment.reach.text')}>
                    {t('rules.deployment.reach')}
                </Header>
            }
        >
            {reach.error && <ErrorBox error={reach.error} retry={() => reach.refetch()} />}
            {reach.isPending && <Loading rows={4} />}
            {reach.data && (
                <SpaceBetween size="m">
                    {!rule.enabled && <StatusIndicator type="stopped">{t('rules.deployment.off')}</StatusIndicator>}
                    <div>
                        <Box variant="awsui-key-label">{t('rules.deployment.events')}</Box>
                        {reach.data.events.join(', ')}
                    </div>
                    <ColumnLayout columns={2}>
                        <Places
                            label={t('rules.deployment.accounts', { count: reach.data.accounts.length })}
                            kind="accounts"
                            places={reach.data.accounts}
                        />
                        <Places
                            label={t('rules.deployment.hosts', { count: reach.data.hosts.length })}
                            kind="hosts"
                            places={reach.data.hosts}
                        />
                    </ColumnLayout>
                    {tagged && <StatusIndicator type="info">{t('rules.deployment.tags')}</StatusIndicator>}
                </SpaceBetween>
            )}
        </Container>
    );
}

function Places({
    label,
    kind,
    places,
}: {
    label: string;
    kind: 'accounts' | 'hosts';
    places: readonly { id: string; name?: string | null; last: string }[];
}) {
    const t = useText();
    return (
        <div>
            <Box variant="awsui-key-label">{label}</Box>
            {places.length === 0 && <Box color="text-body-secondary">{t(`rules.deployment.${kind}.none`)}</Box>}
            <ul className="vg-samples">
                {places.slice(0, namedMax).map(({ id, name, last }) => (
                    <li key={id}>
                        <Follow to={`/inventory/${kind}/${encodeURIComponent(id)}`}>{name ?? id}</Follow> ·{' '}
                        <When time={last} />
                    </li>
                ))}
            </ul>
            {places.length > namedMax && (
                <Follow to={`/inventory/${kind}`}>
                    {t('rules.deployment.more', { count: places.length - namedMax })}
                </Follow>
            )}
        </div>
    );
}
