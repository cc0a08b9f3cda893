import Button from '@cloudscape-design/components/button';
import { useNavigate } from 'react-router';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { link } from '~/app/url';
import { CopyAs } from '~/ui/Copy';
import { AssignButton } from './AssignButton';
import type { Alert } from './view';

/** What can be done with one alert. */
export function AlertActions({
    alert,
    dismiss,
    suppress,
    panel,
}: {
    alert: Alert;
    dismiss: () => void;
    suppress: () => void;
    panel?: boolean;
}) {
    const t = useText();
    const navigate = useNavigate();
    const { may } = useSession();
    const reader = !may('user');
    const reason = reader ? t('alerts.reader') : undefined;
    const investigate = link('/investigate', { alert: alert.id });
    return (
        <div className="vg-alert-actions">
            <Button
                variant={panel ? 'normal' : 'primary'}
                disabled={reader || alert.status === 'dismissed'}
                disabledReason={reason ?? t('alerts.dismissed.already')}
                onClick={dismiss}
            >
                {t('alerts.dismiss')}
            </Button>
            <Button disabled={reader} disabledReason={reason} onClick={suppress}>
                {t('alerts.suppress')}
            </Button>
            <AssignButton ids={[alert.id]} />
            {!panel && (
                <Button
                    href={investigate}
                    onFollow={(event) => {
                        event.preventDefault();
                        navigate(investigate);
                    }}
                >
                    {t('alerts.investigate')}
                </Button>
            )}
            {!panel && (
                <CopyAs
                    call={{ path: `/api/v1/alerts/${alert.id}` }}
                    json={alert}
                    more={[
                        {
                            id: 'short',
                            text: t('alerts.copy.short'),
                            copy: `${globalThis.location.origin}/a/${alert.id}`,
                        },
                    ]}
                />
            )}
        </div>
    );
}
