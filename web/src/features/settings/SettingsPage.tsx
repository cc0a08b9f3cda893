import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import Tabs from '@cloudscape-design/components/tabs';
import type { ComponentType } from 'react';
import { Navigate, useNavigate, useParams } from 'react-router';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import type { Role } from '~/app/session';
import { useSession } from '~/app/session';
import { AuditSection } from './AuditSection';
import { IntegrationsSection } from './IntegrationsSection';
import { KeysSection } from './KeysSection';
import { OrganisationSection } from './OrganisationSection';
import { PeopleSection } from './PeopleSection';
import { ProfileSection } from './ProfileSection';
import { RoleNote } from './parts';
import { RetentionSection } from './RetentionSection';
import { SourcesSection } from './SourcesSection';

/** The sections in their order, and who may see them. */
const sections: readonly { id: string; sees: Role; Section: ComponentType }[] = [
    { id: 'organisation', sees: 'reader', Section: OrganisationSection },
    { id: 'people', sees: 'owner', Section: PeopleSection },
    { id: 'keys', sees: 'owner', Section: KeysSection },
    { id: 'integrations', sees: 'owner', Section: IntegrationsSection },
    { id: 'sources', sees: 'reader', Section: SourcesSection },
    { id: 'retention', sees: 'reader', Section: RetentionSection },
    { id: 'audit', sees: 'owner', Section: AuditSection },
    { id: 'profile', sees: 'reader', Section: ProfileSection },
];

export default function SettingsPage() {
    const t = useText();
    const navigate = useNavigate();
    const session = useSession();
    const { section: id } = useParams();
    const shown = sections.find((one) => one.id === id);
    if (!shown) return <Navigate to="/settings/organisation" replace />;
    return (
        <Page
            title={t(`settings.${shown.id}`)}
            parents={[[t('nav.settings'), '/settings/organisation']]}
            help={`settings.${shown.id}.help`}
        >
            <ContentLayout header={<Header variant="h1">{t('nav.settings')}</Header>}>
                <Tabs
                    ariaLabel={t('nav.settings')}
                    activeTabId={shown.id}
                    tabs={sections.map((one) => ({
                        id: one.id,
                        label: t(`settings.${one.id}`),
                        href: `/settings/${one.id}`,
                        content:
                            one === shown &&
                            (session.may(one.sees) ? <one.Section key={one.id} /> : <RoleNote needed={one.sees} />),
                    }))}
                    onChange={({ detail }) => navigate(`/settings/${detail.activeTabId}`)}
                />
            </ContentLayout>
        </Page>
    );
}
