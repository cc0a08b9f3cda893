import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { useText } from '~/app/intl';
import { useUrl } from '~/app/url';
import { type Call, CopyAs } from '~/ui/Copy';
import { SavedViews } from '~/ui/SavedViews';

/** What of a URL makes the view, and not where one looks within it. */
export function viewUrl(params: URLSearchParams): string {
    const kept = new URLSearchParams(params);
    for (const name of ['open', 'page']) kept.delete(name);
    return kept.toString();
}

/** The title of the list, what came since, and the ways to see and keep it. */
export function InboxHeader({
    counter,
    fresh,
    refresh,
    call,
    actions,
}: {
    counter: string;
    fresh: number;
    refresh: () => void;
    call: Call;
    actions?: ReactNode;
}) {
    const t = useText();
    const { params, get, set } = useUrl();
    return (
        <Header
            variant="h1"
            counter={counter}
            actions={
                <SpaceBetween direction="horizontal" size="xs">
                    {actions}
                    <div className="vg-alert-fresh">
                        <span role="status">
                            {fresh > 0 && (
                                <Button variant="primary" iconName="refresh" onClick={refresh}>
                                    {t('alerts.fresh', { count: fresh })}
                                </Button>
                            )}
                        </span>
                        <SegmentedControl
                            label={t('alerts.view')}
                            selectedId={get('view') === 'groups' ? 'groups' : 'list'}
                            onChange={({ detail }) =>
                                set({ view: detail.selectedId === 'groups' ? 'groups' : null, open: null, page: null })
                            }
                            options={[
                                { id: 'list', text: t('alerts.view.list') },
                                { id: 'groups', text: t('alerts.view.groups') },
                            ]}
                        />
                    </div>
                    <SavedViews page="alerts" path="/alerts" url={viewUrl(params)} />
                    <CopyAs call={call} />
                    <Button iconName="refresh" ariaLabel={t('alerts.refresh')} onClick={refresh} />
                </SpaceBetween>
            }
        >
            {t('nav.alerts')}
        </Header>
    );
}
