import AppLayout, { type AppLayoutProps } from '@cloudscape-design/components/app-layout';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Flashbar from '@cloudscape-design/components/flashbar';
import HelpPanel from '@cloudscape-design/components/help-panel';
import { type ReactNode, useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { useFlash } from './flash';
import { useText } from './intl';
import { useKeys } from './keys';
import { Navigation } from './navigation';
import { usePreferences } from './preferences';

interface Props {
    /** Stands in the tab of the browser and ends the breadcrumbs. */
    title: string;
    /** Between the start and this page: [text, path]. */
    parents?: readonly (readonly [string, string])[];
    contentType?: AppLayoutProps.ContentType;
    /** The id of the message that the help panel shows; its header is `<help>.title`. Both are catalog texts. */
    help?: string;
    splitPanel?: ReactNode;
    splitOpen?: boolean;
    onSplitToggle?: (open: boolean) => void;
    /** How large the panel begins at the side and at the bottom, in pixels; what the person drags it to holds from then on. */
    splitSize?: { side: number; bottom: number };
    children: ReactNode;
}

/** At this width and above a split panel stands at the side, where the person did not choose. */
const sideFrom = 1280;

/** The frame of a page: navigation, breadcrumbs, messages, help, split panel. Each route renders one. */
export function Page(props: Props) {
    const t = useText();
    const flash = useFlash();
    const navigate = useNavigate();
    const { preferences, set } = usePreferences();
    const [helpOpen, setHelpOpen] = useState(false);
    const [splitSize, setSplitSize] = useState<number>();
    useEffect(() => {
        document.title = `${props.title} · Vigia`;
    }, [props.title]);
    useKeys(props.help ? [{ id: 'help-panel', keys: 'h', run: () => setHelpOpen((open) => !open) }] : []);
    const position =
        preferences.splitPosition === 'auto'
            ? globalThis.innerWidth >= sideFrom
                ? 'side'
                : 'bottom'
            : preferences.splitPosition;
    const crumbs = [['Vigia', '/'] as const, ...(props.parents ?? []), [props.title, '#'] as const];
    return (
        <AppLayout
            contentType={props.contentType ?? 'default'}
            headerSelector="#top"
            navigation={<Navigation />}
            navigationOpen={preferences.navigationOpen}
            onNavigationChange={({ detail }) => set({ navigationOpen: detail.open })}
            navigationWidth={220}
            breadcrumbs={
                <BreadcrumbGroup
                    items={crumbs.map(([text, href]) => ({ text, href }))}
                    onFollow={(event) => {
                        event.preventDefault();
                        if (event.detail.href !== '#') navigate(event.detail.href);
                    }}
                />
            }
            notifications={
                <Flashbar items={flash.items.map((one) => ({ ...one, dismissLabel: t('ui.dismiss') }))} stackItems />
            }
            toolsHide={!props.help}
            toolsOpen={helpOpen}
            onToolsChange={({ detail }) => setHelpOpen(detail.open)}
            tools={
                props.help && (
                    <HelpPanel header={<h2>{t(`${props.help}.title`)}</h2>}>
                        {t(props.help)
                            .split('\n')
                            .map((paragraph) => (
                                <p key={paragraph}>{paragraph}</p>
                            ))}
                    </HelpPanel>
                )
            }
            splitPanel={props.splitPanel}
            splitPanelOpen={Boolean(props.splitPanel) && (props.splitOpen ?? true)}
            onSplitPanelToggle={({ detail }) => props.onSplitToggle?.(detail.open)}
            splitPanelPreferences={{ position }}
            onSplitPanelPreferencesChange={({ detail }) => set({ splitPosition: detail.position })}
            splitPanelSize={splitSize ?? props.splitSize?.[position]}
            onSplitPanelResize={({ detail }) => setSplitSize(detail.size)}
            content={props.children}
        />
    );
}
