import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useNavigate } from 'react-router';
import { useText } from '~/app/intl';
import { severityColours } from '~/app/tokens';
import { link } from '~/app/url';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Histogram } from '~/ui/Histogram';
import { Loading } from '~/ui/Loading';
import { severities } from '~/ui/Severity';
import { type Times, useAlertBars } from './data';

/** The alerts of the week; a span that is drawn is opened in the inbox. */
export function WeekBars({ times }: { times: Times }) {
    const t = useText();
    const navigate = useNavigate();
    const bars = useAlertBars(times.weekAgo, times.now, '6h');
    return (
        <Container
            header={
                <Header
                    variant="h2"
                    description={t('overview.week.what')}
                    actions={
                        <Follow to={link('/alerts', { status: 'all', range: '7d' })}>{t('overview.week.open')}</Follow>
                    }
                >
                    {t('overview.week')}
                </Header>
            }
        >
            {bars.error ? (
                <ErrorBox error={bars.error} retry={() => bars.refetch()} />
            ) : !bars.data ? (
                <Loading rows={5} />
            ) : (
                <Histogram
                    title={t('overview.week')}
                    bars={bars.data}
                    width={6 * 3600}
                    series={severities.map((level) => ({
                        label: t('ui.severity.short', { level }),
                        colour: severityColours[level - 1]!,
                    }))}
                    onSelect={(from, until) => navigate(link('/alerts', { status: 'all', from, until }))}
                />
            )}
        </Container>
    );
}
