import Box from '@cloudscape-design/components/box';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import type { ComponentType } from 'react';
import { Navigate, useParams } from 'react-router';
import { useText } from '~/app/intl';
import type { settingsSections } from '~/app/navigation';
import { Page } from '~/app/page';
import type { Role } from '~/app/session';
import { useSession } from '~/app/session';
import { AuditSection } from './AuditSection';
import { AwsSection } from './aws/AwsSection';
import { IntegrationsSection } from './IntegrationsSection';
import { KeysSection } from './KeysSection';
import { OrganisationSection } from './OrganisationSection';
import { PeopleSection } from './PeopleSection';
import { ProfileSection } from './ProfileSection';
import { RoleNote } from './parts';
import { RetentionSection } from './RetentionSection';
import { SourcesSection } from './SourcesSection';

/** The sections, who may see them, and whether they bring the title of the page themselves. */
const sections: readonly {
    id: (typeof settingsSections)[number];
    sees: Role;
    titled?: boolean;
    Section: ComponentType;
}[] = [
    { id: 'organisation', sees: 'reader', Section: OrganisationSection },
    { id: 'people', sees: 'owner', titled: true, Section: PeopleSection },
    { id: 'keys', sees: 'owner', titled: true, Section: KeysSection },
    { id: 'integrations', sees: 'owner', Section: IntegrationsSection },
    { id: 'aws', sees: 'owner', titled: true, Section: AwsSection },
    { id: 'sources', sees: 'reader', titled: true, Section: SourcesSection },
    { id: 'retention', sees: 'reader', Section: RetentionSection },
    { id: 'audit', sees: 'owner', titled: true, Section: AuditSection },
    { id: 'profile', sees: 'reader', Section: ProfileSection },
];

export default function SettingsPage() {
    const t = useText();
    const session = useSession();
    const { section: id } = useParams();
    const shown = sections.find((one) => one.id === id);
    if (!shown) return <Navigate to="/settings/organisation" replace />;
    const allowed = session.may(shown.sees);
    return (
        <Page
            title={t(`settings.${shown.id}`)}
            parents={[[t('nav.settings'), '/settings/organisation']]}
            help={`settings.${shown.id}.help`}
        >
            {shown.titled && allowed ? (
                <Box padding={{ top: 'xs' }}>
                    <shown.Section key={shown.id} />
                </Box>
            ) : (
                <ContentLayout header={<Header variant="h1">{t(`settings.${shown.id}`)}</Header>}>
                    {allowed ? <shown.Section key={shown.id} /> : <RoleNote needed={shown.sees} />}
                </ContentLayout>
            )}
        </Page>
    );
}
