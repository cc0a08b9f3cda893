import Button from '@cloudscape-design/components/button';
import { useText } from '~/app/intl';
import { useUrl } from '~/app/url';
import { Empty } from '~/ui/Empty';
import { Follow } from '~/ui/Follow';
import { properties, type View } from './view';

/** Why the list is empty: nothing holds of the filters, or there is nothing to do. */
export function InboxEmpty({ view }: { view: View }) {
    const t = useText();
    const { set } = useUrl();
    const narrowed = view.severity !== null || view.range !== null || Object.keys(view.properties).length > 0;
    if (narrowed)
        return (
            <Empty
                title={t('alerts.none.filtered')}
                text={t('alerts.none.filtered.text')}
                action={
                    <Button
                        onClick={() =>
                            set({
                                ...Object.fromEntries(properties.map((name) => [name, null])),
                                severity: null,
                                range: null,
                                from: null,
                                until: null,
                                page: null,
                            })
                        }
                    >
                        {t('alerts.none.filtered.clear')}
                    </Button>
                }
            />
        );
    return view.status === 'active' ? (
        <Empty
            title={t('alerts.none')}
            text={t('alerts.none.text')}
            action={<Follow to="/settings/sources">{t('alerts.none.sources')}</Follow>}
        />
    ) : (
        <Empty title={t('alerts.none.dismissed')} />
    );
}
