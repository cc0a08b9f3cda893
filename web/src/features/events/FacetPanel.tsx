import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FormattedNumber } from 'react-intl';
import { useText } from '~/app/intl';
import { usePagePreference } from '~/app/preferences';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { defaultFacets, facetsQuery, type Search } from './search';

/** The commonest values of some fields under the filter and in the time of the search. */
export function FacetPanel({
    search,
    onFilter,
}: {
    search: Search;
    onFilter: (field: string, value: unknown, exclude: boolean) => void;
}) {
    const t = useText();
    const [fields, setFields] = usePagePreference<readonly string[]>('events.facets', defaultFacets);
    const [more, setMore] = useState('');
    const facets = useQuery(facetsQuery(search, fields));
    const add = () => {
        const field = more.trim();
        if (field && !fields.includes(field)) setFields([field, ...fields]);
        setMore('');
    };
    return (
        <Container header={<Header variant="h2">{t('events.facets')}</Header>}>
            <SpaceBetween size="xs">
                <form
                    className="vg-row"
                    onSubmit={(event) => {
                        event.preventDefault();
                        add();
                    }}
                >
                    <Input
                        value={more}
                        onChange={({ detail }) => setMore(detail.value)}
                        placeholder={t('events.facets.add')}
                        ariaLabel={t('events.facets.add')}
                    />
                    <Button
                        iconName="add-plus"
                        variant="icon"
                        formAction="none"
                        ariaLabel={t('events.facets.add.do')}
                        onClick={add}
                    />
                </form>
                {facets.error && <ErrorBox error={facets.error} retry={() => facets.refetch()} />}
                {facets.isPending && <Loading rows={8} />}
                {facets.data?.map(({ field, values, more: others, sample }) => (
                    <ExpandableSection
                        key={field}
                        defaultExpanded={values.length > 0}
                        headerText={field}
                        headerActions={
                            <Button
                                variant="inline-icon"
                                iconName="close"
                                ariaLabel={t('events.facets.remove', { field })}
                                onClick={() => setFields(fields.filter((one) => one !== field))}
                            />
                        }
                    >
                        {values.length === 0 && <Box color="text-body-secondary">{t('events.facets.none')}</Box>}
                        <ul className="vg-facet">
                            {values.map(({ value, count }) => (
                                <li key={value}>
                                    <span className="vg-facet-value" title={value}>
                                        {value}
                                    </span>
                                    <span className="vg-facet-count">
                                        <FormattedNumber value={count} />
                                    </span>
                                    <Button
                                        variant="inline-icon"
                                        iconName="zoom-in"
                                        ariaLabel={t('events.only', { field, value })}
                                        onClick={() => onFilter(field, value, false)}
                                    />
                                    <Button
                                        variant="inline-icon"
                                        iconName="zoom-out"
                                        ariaLabel={t('events.without', { field, value })}
                                        onClick={() => onFilter(field, value, true)}
                                    />
                                </li>
                            ))}
                        </ul>
                        {others && (
                            <Box color="text-body-secondary" fontSize="body-s">
                                {t('events.facets.more')}
                            </Box>
                        )}
                        {sample && (
                            <Box color="text-body-secondary" fontSize="body-s">
                                {t('events.facets.sample', { events: sample.events })}
                            </Box>
                        )}
                    </ExpandableSection>
                ))}
            </SpaceBetween>
        </Container>
    );
}
