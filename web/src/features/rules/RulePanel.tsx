import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { Code } from '~/ui/Code';
import type { Rule } from './data';
import { Upstream } from './Upstream';

/** A rule beside the table. */
export function RulePanel({ rule }: { rule: Rule }) {
    const t = useText();
    const navigate = useNavigate();
    return (
        <SpaceBetween size="m">
            <SpaceBetween direction="horizontal" size="xs">
                <Button variant="primary" onClick={() => navigate(`/rules/${rule.id}?tab=filter`)}>
                    {t(rule.managed ? 'rules.panel.test' : 'rules.panel.edit')}
                </Button>
                <Button onClick={() => navigate(link('/events', { filter: rule.filter.trim(), range: '7d' }))}>
                    {t('rules.panel.events')}
                </Button>
            </SpaceBetween>
            <Upstream rule={rule} />
            <Code block>{rule.filter.trim()}</Code>
            <Box variant="p">{rule.description}</Box>
            <KeyValuePairs
                columns={2}
                items={[
                    { label: t('rules.alert-title'), value: <span className="vg-wrap">{rule.title}</span> },
                    { label: t('rules.aggregates'), value: rule.aggregate_fields.join(', ') || '–' },
                    {
                        label: t('rules.threshold'),
                        value: t('rules.threshold.text', {
                            count: rule.threshold,
                            minutes: Math.round(rule.window_s / 60),
                        }),
                    },
                    { label: 'MITRE ATT&CK', value: rule.attack.join(', ') || '–' },
                ]}
            />
        </SpaceBetween>
    );
}
