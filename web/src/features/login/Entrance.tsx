import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect } from 'react';
import { useText } from '~/app/intl';
import { type Language, type Theme, usePreferences } from '~/app/preferences';
import { choose } from './sign-in';
import './login.css';

/** The frame of the pages before sign-in, with the choice of language and theme. */
export function Entrance({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
    const t = useText();
    const { preferences, set } = usePreferences();
    useEffect(() => {
        document.title = `${title} · Vigia`;
    }, [title]);
    const change = (patch: { language?: Language; theme?: Theme }) => {
        choose(patch);
        set(patch);
    };
    return (
        <main className="vg-entrance">
            <div className="vg-entrance-brand">
                <img src="/assets/vigia.svg" alt="" width={28} height={28} />
                <Box fontSize="heading-l" fontWeight="bold">
                    Vigia
                </Box>
            </div>
            <Container header={<Header variant="h1">{title}</Header>}>
                <SpaceBetween size="l">
                    {lead && <Box color="text-body-secondary">{lead}</Box>}
                    {children}
                </SpaceBetween>
            </Container>
            <div className="vg-entrance-display">
                <SegmentedControl
                    label={t('top.language')}
                    selectedId={preferences.language}
                    options={[
                        { id: 'en', text: 'English' },
                        { id: 'pt-BR', text: 'Português' },
                    ]}
                    onChange={({ detail }) => change({ language: detail.selectedId as Language })}
                />
                <SegmentedControl
                    label={t('top.theme')}
                    selectedId={preferences.theme}
                    options={(['light', 'dark', 'system'] as const).map((id) => ({ id, text: t(`login.theme.${id}`) }))}
                    onChange={({ detail }) => change({ theme: detail.selectedId as Theme })}
                />
            </div>
        </main>
    );
}
