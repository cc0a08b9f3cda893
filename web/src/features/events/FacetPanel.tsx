import Autosuggest from '@cloudscape-design/components/autosuggest';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldsQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { usePagePreference } from '~/app/preferences';
import { ErrorBox } from '~/ui/ErrorBox';
import { Facets } from '~/ui/Facets';
import { Loading } from '~/ui/Loading';
import { defaultFacets, facetsQuery, type Search } from './search';

interface Props {
    search: Search;
    onFilter: (field: string, value: unknown, exclude: boolean) => void;
    onHide: () => void;
}

/** The commonest values of some fields under the filter and in the time of the search. */
export function FacetPanel({ search, onFilter, onHide }: Props) {
    const t = useText();
    const [fields, setFields] = usePagePreference<readonly string[]>('events.facets', defaultFacets);
    const [more, setMore] = useState('');
    const facets = useQuery({ ...facetsQuery(search, fields), enabled: fields.length > 0 });
    const known = useQuery(fieldsQuery());
    const add = (field: string) => {
        const name = field.trim();
        if (name && !fields.includes(name)) setFields([name, ...fields]);
        setMore('');
    };
    return (
        <Container
            header={
                <Header
                    variant="h2"
                    actions={
                        <Button
                            variant="icon"
                            iconName="angle-left"
                            ariaLabel={t('events.facets.hide')}
                            onClick={onHide}
                        />
                    }
                >
                    {t('events.facets')}
                </Header>
            }
        >
            <SpaceBetween size="xs">
                <Autosuggest
                    value={more}
                    onChange={({ detail }) => setMore(detail.value)}
                    onSelect={({ detail }) => add(detail.value)}
                    onKeyDown={({ detail }) => {
                        if (detail.key === 'Enter') add(more);
                    }}
                    options={(known.data?.columns ?? [])
                        .filter(({ field }) => !fields.includes(field))
                        .map(({ field, meaning }) => ({ value: field, description: meaning }))}
                    enteredTextLabel={(field) => t('events.facets.add.other', { field })}
                    placeholder={t('events.facets.add')}
                    ariaLabel={t('events.facets.add')}
                    expandToViewport
                />
                {facets.error && <ErrorBox error={facets.error} retry={() => facets.refetch()} />}
                {facets.isLoading && <Loading rows={8} />}
                {facets.data && (
                    <Facets
                        facets={facets.data}
                        onFilter={onFilter}
                        onRemove={(field) => setFields(fields.filter((one) => one !== field))}
                    />
                )}
            </SpaceBetween>
        </Container>
    );
}
