import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, body } from '~/api/client';
import { ruleTypes } from '~/api/rule-types';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import { useUrl } from '~/app/url';
import { parse } from '~/filter';
import { ErrorBox } from '~/ui/ErrorBox';
import { FilterTab } from './FilterTab';
import { type Draft, RuleForm } from './RuleForm';

/** A rule from nothing, or from a search. */
export default function NewRulePage() {
    const t = useText();
    const navigate = useNavigate();
    const flash = useFlash();
    const client = useQueryClient();
    const { get } = useUrl();
    const [draft, setDraft] = useState<Draft>(() => ({
        name: get('name'),
        title: '',
        type: ruleTypes.find((one) => one === get('type')) ?? 'CloudTrail',
        severity: 3,
        description: '',
        filter: get('filter'),
        aggregate_fields: ['user', 'ip', 'accountId'],
        window_s: 86_400,
        threshold: 1,
        enabled: true,
        attack: [],
        references: [],
        suppressions: [],
    }));
    const patch = (more: Partial<Draft>) => setDraft((before) => ({ ...before, ...more }));
    const make = useMutation({
        mutationFn: () => body(api.POST('/api/v1/rules', { body: { ...draft, title: draft.title || draft.name } })),
        onSuccess: (rule) => {
            client.invalidateQueries({ queryKey: ['rules'] });
            flash.push({ id: 'rule', type: 'success', content: t('rules.made') });
            navigate(`/rules/${rule.id}`);
        },
    });
    return (
        <Page title={t('rules.new')} parents={[[t('rules.title'), '/rules']]} help="rules.help">
            <SpaceBetween size="m">
                <Header
                    variant="h1"
                    description={t('rules.new.text')}
                    actions={
                        <Button
                            variant="primary"
                            loading={make.isPending}
                            disabled={!draft.name.trim() || !parse(draft.filter).ok}
                            onClick={() => make.mutate()}
                        >
                            {t('rules.make')}
                        </Button>
                    }
                >
                    {t('rules.new')}
                </Header>
                {make.error && <ErrorBox error={make.error} />}
                <Container header={<Header variant="h2">{t('rules.details')}</Header>}>
                    <RuleForm draft={draft} locked={false} onChange={patch} />
                </Container>
                <Container header={<Header variant="h2">{t('rules.filter')}</Header>}>
                    <FilterTab
                        draft={draft}
                        locked={false}
                        suppressions={[]}
                        onChange={(filter) => patch({ filter })}
                    />
                </Container>
            </SpaceBetween>
        </Page>
    );
}
