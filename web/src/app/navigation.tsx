import Badge from '@cloudscape-design/components/badge';
import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from 'react-router';
import { api, body } from '~/api/client';
import { useText } from './intl';

/** The pages, in the order of the side navigation; `go` is the second key after g. */
export const pages = [
    { id: 'overview', path: '/', go: 'o' },
    { id: 'alerts', path: '/alerts', go: 'a' },
    { id: 'investigate', path: '/investigate', go: 'i' },
    { id: 'events', path: '/events', go: 'e' },
    { id: 'trends', path: '/trends', go: 't' },
    { id: 'rules', path: '/rules', go: 'r' },
    { id: 'inventory', path: '/inventory/accounts', go: 'n' },
    { id: 'settings', path: '/settings/organisation', go: 's' },
] as const;

/** The sections of the settings, which stand below them while one is shown; their texts are `settings.<section>`. */
export const settingsSections = [
    'organisation',
    'people',
    'keys',
    'integrations',
    'aws',
    'sources',
    'retention',
    'audit',
    'profile',
] as const;

/** How many alerts are active, by severity; refreshed as the stream tells of changes. */
export function useAlertCounts() {
    return useQuery({
        queryKey: ['alert-counts'],
        queryFn: () => body(api.GET('/api/v1/alerts/severity-counts')),
        refetchInterval: 60_000,
    });
}

export function Navigation() {
    const t = useText();
    const { pathname } = useLocation();
    const navigate = useNavigate();
    const counts = useAlertCounts();
    const first = counts.data?.counts.find((one) => one.severity === 1)?.count ?? 0;
    const active = pages.findLast(
        ({ path }) => pathname === path || (path !== '/' && pathname.startsWith(`/${path.split('/')[1]}`)),
    );
    const sections = settingsSections.map(
        (id): SideNavigationProps.Link => ({ type: 'link', text: t(`settings.${id}`), href: `/settings/${id}` }),
    );
    const items = pages.map(({ id, path }): SideNavigationProps.Link | SideNavigationProps.LinkGroup => ({
        ...(id === 'settings' && active?.id === 'settings'
            ? { type: 'link-group', items: sections, href: '/settings' }
            : { type: 'link', href: path }),
        text: t(`nav.${id}`),
        info:
            id === 'alerts' && first > 0 ? (
                <Badge color="severity-critical">{t('nav.first', { count: first })}</Badge>
            ) : undefined,
    }));
    return (
        <SideNavigation
            activeHref={active?.id === 'settings' ? pathname : (active?.path ?? '')}
            items={[...items.slice(0, 5), { type: 'divider' }, ...items.slice(5)]}
            onFollow={(event) => {
                if (event.detail.external) return;
                event.preventDefault();
                navigate(event.detail.href);
            }}
        />
    );
}
