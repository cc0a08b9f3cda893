import { createBrowserRouter, type RouteObject, useRouteError } from 'react-router';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { First } from './first';
import { Shell } from './shell';

/** When a new version was put in place under an open tab, its old parts are gone: the page is loaded anew, once. */
function ifGone(error: unknown): never {
    const key = 'vigia.reloaded';
    const at = Number(sessionStorage.getItem(key) ?? 0);
    if (Date.now() - at > 60_000) {
        sessionStorage.setItem(key, String(Date.now()));
        globalThis.location.reload();
    }
    throw error;
}

type Module = Record<string, unknown>;
const page = (load: () => Promise<Module>, name = 'default') => ({
    lazy: async () => {
        const module = await load().catch(ifGone);
        return { Component: module[name] as React.ComponentType };
    },
});

function Broken() {
    return (
        <div className="vg-broken">
            <ErrorBox error={useRouteError()} retry={() => globalThis.location.reload()} />
        </div>
    );
}

const inside: RouteObject[] = [
    { index: true, ...page(() => import('~/features/overview/OverviewPage')) },
    { path: 'alerts', ...page(() => import('~/features/alerts/AlertsPage')) },
    { path: 'alerts/:id', ...page(() => import('~/features/alerts/AlertPage')) },
    { path: 'a/:id', ...page(() => import('~/features/alerts/ShortLink')) },
    { path: 'events', ...page(() => import('~/features/events/EventsPage')) },
    { path: 'events/:id', ...page(() => import('~/features/events/EventPage')) },
    { path: 'rules', ...page(() => import('~/features/rules/RulesPage')) },
    { path: 'rules/new', ...page(() => import('~/features/rules/NewRulePage')) },
    { path: 'rules/import', ...page(() => import('~/features/rules/ImportPage')) },
    { path: 'rules/:id', ...page(() => import('~/features/rules/RulePage')) },
    { path: 'investigate', ...page(() => import('~/features/investigate/InvestigatePage')) },
    { path: 'investigations/:id', ...page(() => import('~/features/investigate/InvestigationPage')) },
    { path: 'trends', ...page(() => import('~/features/trends/TrendsPage')) },
    { path: 'inventory/:kind', ...page(() => import('~/features/inventory/InventoryPage')) },
    { path: 'inventory/:kind/:id', ...page(() => import('~/features/inventory/InventoryItemPage')) },
    { path: 'settings/:section?', ...page(() => import('~/features/settings/SettingsPage')) },
    { path: 'start', ...page(() => import('~/features/overview/StartPage')) },
    { path: '*', ...page(() => import('~/features/login/NotFoundPage')) },
];

export const router = createBrowserRouter([
    {
        path: '/login',
        ErrorBoundary: Broken,
        HydrateFallback: Loading,
        ...page(() => import('~/features/login/LoginPage')),
    },
    {
        path: '/setup',
        ErrorBoundary: Broken,
        HydrateFallback: Loading,
        ...page(() => import('~/features/login/SetupPage')),
    },
    {
        path: '/invitation',
        ErrorBoundary: Broken,
        HydrateFallback: Loading,
        ...page(() => import('~/features/login/InvitationPage')),
    },
    {
        path: '/',
        Component: Shell,
        ErrorBoundary: Broken,
        HydrateFallback: First,
        children: [{ ErrorBoundary: Broken, children: inside }],
    },
]);
