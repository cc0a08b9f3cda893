import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useLocation, useNavigate } from 'react-router';
import { useText } from '~/app/intl';
import { pages } from '~/app/navigation';
import { Page } from '~/app/page';
import { Code } from '~/ui/Code';

/** There is no such page; here are those that there are. */
export default function NotFoundPage() {
    const t = useText();
    const navigate = useNavigate();
    const { pathname } = useLocation();
    return (
        <Page title={t('login.none.title')}>
            <ContentLayout header={<Header variant="h1">{t('login.none.title')}</Header>}>
                <Container>
                    <SpaceBetween size="m">
                        <Box>
                            <span className="vg-wrap">
                                {t('login.none.what')} <Code>{pathname}</Code>
                            </span>
                        </Box>
                        <Box>{t('login.none.where')}</Box>
                        <SpaceBetween size="l" direction="horizontal">
                            {pages.map(({ id, path }) => (
                                <Link
                                    key={id}
                                    href={path}
                                    onFollow={(event) => {
                                        event.preventDefault();
                                        navigate(path);
                                    }}
                                >
                                    {t(`nav.${id}`)}
                                </Link>
                            ))}
                        </SpaceBetween>
                    </SpaceBetween>
                </Container>
            </ContentLayout>
        </Page>
    );
}
