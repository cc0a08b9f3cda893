import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { FormattedNumber } from 'react-intl';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';

type Facet = Schemas['EventFacets']['facets'][number];

interface Props {
    facets: readonly Facet[];
    /** A view is to be narrowed to the value, or with `exclude` to all but it. */
    onFilter: (field: string, value: string, exclude: boolean) => void;
    onRemove?: (field: string) => void;
}

/** The commonest values of fields, each of which can narrow a view. */
export function Facets({ facets, onFilter, onRemove }: Props) {
    const t = useText();
    return (
        <SpaceBetween size="xs">
            {facets.map((facet) => (
                <ExpandableSection
                    key={facet.field}
                    // A field that has no value here begins closed, and opens with its first.
                    {...(facet.values.length > 0 ? { defaultExpanded: true } : {})}
                    headerText={facet.field}
                    headingTagOverride="h3"
                    headerActions={
                        onRemove && (
                            <Button
                                variant="inline-icon"
                                iconName="close"
                                ariaLabel={t('ui.facets.remove', { field: facet.field })}
                                onClick={() => onRemove(facet.field)}
                            />
                        )
                    }
                >
                    <Values facet={facet} onFilter={onFilter} />
                </ExpandableSection>
            ))}
        </SpaceBetween>
    );
}

function Values({ facet: { field, values, more, sample }, onFilter }: { facet: Facet; onFilter: Props['onFilter'] }) {
    const t = useText();
    const notes = [more && t('ui.facets.more'), sample && t('ui.facets.sample', { events: sample.events })].filter(
        Boolean,
    );
    if (values.length === 0) return <Box color="text-body-secondary">{t('ui.facets.none')}</Box>;
    return (
        <>
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
                            ariaLabel={t('ui.facets.only', { field, value })}
                            onClick={() => onFilter(field, value, false)}
                        />
                        <Button
                            variant="inline-icon"
                            iconName="zoom-out"
                            ariaLabel={t('ui.facets.without', { field, value })}
                            onClick={() => onFilter(field, value, true)}
                        />
                    </li>
                ))}
            </ul>
            {notes.length > 0 && (
                <Box color="text-body-secondary" fontSize="body-s">
                    {notes.join(' · ')}
                </Box>
            )}
        </>
    );
}
