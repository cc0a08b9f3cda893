import Box from '@cloudscape-design/components/box';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { FormattedNumber } from 'react-intl';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { addText, conditionOf } from '~/filter';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { When } from '~/ui/When';
import { type Span, seenQuery, valuesQuery } from './data';
import { dimensionOf, filterOf, investigatePath, type Subject } from './subject';

type Patch = Record<string, string | null>;

/** What the subject acted with and where: keys, addresses, programs, sessions, each to look into and to search. */
export function IdentityTab({ subject, span, patch }: { subject: Subject; span: Span; patch: Patch }) {
    const t = useText();
    const filter = filterOf(subject);
    const values = useQuery(valuesQuery(filter, span));
    const seen = useQuery(seenQuery(subject, span));
    const fault = values.error ?? seen.error;
    if (fault)
        return (
            <ErrorBox
                error={fault}
                retry={() => {
                    values.refetch();
                    seen.refetch();
                }}
            />
        );
    if (!values.data) return <Loading rows={8} />;
    const facets = values.data.filter(({ values: all }) => all.length > 0);
    if (facets.length === 0) return <Empty title={t('investigate.none')} text={t('investigate.none.what')} />;
    return (
        <SpaceBetween size="l">
            <KeyValuePairs
                columns={3}
                items={[
                    {
                        label: t('investigate.seen.first'),
                        value: seen.data ? <When time={seen.data.first} as="absolute" /> : '…',
                    },
                    {
                        label: t('investigate.seen.last'),
                        value: seen.data ? <When time={seen.data.last} as="absolute" /> : '…',
                    },
                    {
                        label: t('investigate.seen.count'),
                        value: seen.data ? <FormattedNumber value={seen.data.count} /> : '…',
                    },
                ]}
            />
            <div className="vg-facets">
                {facets.map(({ field, values: all, more, sample }) => (
                    <section key={field}>
                        <Box variant="h3" tagOverride="h2" padding="n">
                            {t(`investigate.field.${field}`)}
                        </Box>
                        <table className="vg-values">
                            <tbody>
                                {all.map(({ value, count }) => {
                                    const one: Subject = {
                                        field: dimensionOf({ field, value }) ?? field,
                                        value,
                                        host:
                                            field === 'session' && dimensionOf(subject) === 'host'
                                                ? subject.value
                                                : null,
                                    };
                                    return (
                                        <tr key={value}>
                                            <td>
                                                <Follow to={investigatePath(one, patch)}>
                                                    <span className="vg-wrap">{value}</span>
                                                </Follow>
                                            </td>
                                            <td>
                                                <Follow
                                                    to={link('/events', {
                                                        filter: addText(filter, conditionOf(field, value)),
                                                        ...patch,
                                                    })}
                                                    label={t('investigate.events.of', { count, value })}
                                                >
                                                    <FormattedNumber value={count} />
                                                </Follow>
                                            </td>
                                        </tr>
                                    );
                                })}
                            </tbody>
                        </table>
                        {more && (
                            <Box color="text-body-secondary" fontSize="body-s">
                                {t('investigate.more')}
                            </Box>
                        )}
                        {sample && (
                            <Box color="text-body-secondary" fontSize="body-s">
                                {t('investigate.sample', { events: sample.events })}
                            </Box>
                        )}
                    </section>
                ))}
            </div>
        </SpaceBetween>
    );
}
