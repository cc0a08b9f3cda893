import TopNavigation from '@cloudscape-design/components/top-navigation';
import { memo, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { Outlet, useLocation, useNavigate } from 'react-router';
import { useProblem } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { CommandList, KeyHelp } from './commands';
import { useFlash } from './flash';
import { useText } from './intl';
import { useKeys } from './keys';
import { LiveProvider, useLiveState } from './live';
import { pages } from './navigation';
import { useOrganisationName, useOrganisations } from './organisations';
import { usePreferences } from './preferences';
import { RequireSession, useSession } from './session';

/** What stands around every page for those who are signed in. */
export function Shell() {
    return (
        <RequireSession>
            <LiveProvider>
                <Frame />
            </LiveProvider>
        </RequireSession>
    );
}

function Frame() {
    const navigate = useNavigate();
    const { pathname } = useLocation();
    const [list, setList] = useState(false);
    const [help, setHelp] = useState(false);
    const openCommands = useCallback(() => setList(true), []);
    const openHelp = useCallback(() => setHelp(true), []);
    useKeys([
        { id: 'commands', keys: 'Ctrl+k', run: openCommands, keyOnly: true },
        { id: 'help', keys: '?', run: openHelp },
        ...pages.map(({ id, path, go }) => ({ id: `go.${id}`, keys: `g ${go}`, run: () => navigate(path) })),
    ]);
    useEffect(() => {
        // A page begins at its top; within one page the URL is its state and nothing moves.
        if (pathname) globalThis.scrollTo(0, 0);
    }, [pathname]);
    return (
        <>
            <div id="top" className="vg-top">
                <Top openCommands={openCommands} openHelp={openHelp} />
            </div>
            <Suspense fallback={<Loading />}>
                <Outlet />
            </Suspense>
            {list && <CommandList close={() => setList(false)} />}
            {help && <KeyHelp close={() => setHelp(false)} />}
        </>
    );
}

/** Memoised, as the frame is drawn anew with each change of the URL. */
const Top = memo(function Top({ openCommands, openHelp }: { openCommands: () => void; openHelp: () => void }) {
    const t = useText();
    const navigate = useNavigate();
    const session = useSession();
    const live = useLiveState();
    const { preferences, set } = usePreferences();
    const organisations = useOrganisations();
    const organisation = useOrganisationName();
    const flash = useFlash();
    const problem = useProblem();
    const changeTo = (id: string) =>
        organisations.change(id).catch((error) => {
            const { header, text } = problem(error);
            flash.push({ id: 'organisation', type: 'error', header, content: text });
        });
    const tick = (on: boolean) => (on ? ('check' as const) : undefined);
    const element = useRef<HTMLDivElement>(null);
    return (
        <div ref={element}>
            <TopNavigation
                identity={{
                    href: '/',
                    title: 'Vigia',
                    logo: { src: '/assets/vigia.svg', alt: 'Logo' },
                    onFollow: (event) => {
                        event.preventDefault();
                        navigate('/');
                    },
                }}
                utilities={[
                    {
                        type: 'button',
                        iconName: 'search',
                        text: t('top.commands'),
                        ariaLabel: t('top.commands'),
                        onClick: openCommands,
                    },
                    {
                        type: 'button',
                        iconName:
                            live === 'live'
                                ? 'status-positive'
                                : live === 'lost'
                                  ? 'status-negative'
                                  : 'status-pending',
                        text: t(`top.live.${live}`),
                        title: t(`top.live.${live}.help`),
                        ariaLabel: t(`top.live.${live}.help`),
                        onClick: () => navigate('/alerts'),
                    },
                    {
                        type: 'menu-dropdown',
                        iconName: 'settings',
                        ariaLabel: t('top.display'),
                        title: t('top.display'),
                        items: [
                            {
                                text: t('top.language'),
                                items: [
                                    {
                                        id: 'language:en',
                                        text: 'English',
                                        iconName: tick(preferences.language === 'en'),
                                    },
                                    {
                                        id: 'language:pt-BR',
                                        text: 'Português (Brasil)',
                                        lang: 'pt-BR',
                                        iconName: tick(preferences.language === 'pt-BR'),
                                    } as never,
                                ],
                            },
                            {
                                text: t('top.theme'),
                                items: (['light', 'dark', 'system'] as const).map((id) => ({
                                    id: `theme:${id}`,
                                    text: t(`top.theme.${id}`),
                                    iconName: tick(preferences.theme === id),
                                })),
                            },
                            {
                                text: t('top.zone'),
                                items: (['local', 'utc'] as const).map((id) => ({
                                    id: `zone:${id}`,
                                    text: t(`top.zone.${id}`, {
                                        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
                                    }),
                                    iconName: tick(preferences.zone === id),
                                })),
                            },
                            {
                                text: t('top.density'),
                                items: (['comfortable', 'compact'] as const).map((id) => ({
                                    id: `density:${id}`,
                                    text: t(`top.density.${id}`),
                                    iconName: tick(preferences.density === id),
                                })),
                            },
                        ],
                        onItemClick: ({ detail }) => {
                            const [what, value] = detail.id.split(':');
                            set({ [what!]: value });
                        },
                    },
                    {
                        type: 'menu-dropdown',
                        iconName: 'user-profile',
                        text: session.who,
                        description: `${organisation} · ${t(`role.${session.role}`)}`,
                        items: [
                            ...(organisations.others.length > 0
                                ? [
                                      {
                                          text: t('top.organisations'),
                                          items: organisations.others.map(({ id, name }) => ({
                                              id: `organisation:${id}`,
                                              text: name,
                                          })),
                                      },
                                  ]
                                : []),
                            { id: 'profile', text: t('top.profile') },
                            { id: 'keys', text: t('top.keys') },
                            { id: 'out', text: t('top.out') },
                        ],
                        onItemClick: ({ detail }) => {
                            if (detail.id === 'out') session.signOut();
                            else if (detail.id === 'keys') openHelp();
                            else if (detail.id === 'profile') navigate('/settings/profile');
                            else changeTo(detail.id.slice('organisation:'.length));
                        },
                    },
                ]}
            />
        </div>
    );
});
