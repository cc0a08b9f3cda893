import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { sourcesQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { Empty } from '~/ui/Empty';

interface Props {
    filter: string;
    onWiden: () => void;
    onClear: () => void;
}

/** Why a search found nothing, and what now. */
export function NoEvents({ filter, onWiden, onClear }: Props) {
    const t = useText();
    const navigate = useNavigate();
    const sources = useQuery({ ...sourcesQuery(), staleTime: 30_000 });
    if (sources.data?.sources.length === 0)
        return (
            <Empty
                title={t('events.none.source')}
                text={t('events.none.source.text')}
                action={<Button onClick={() => navigate('/start')}>{t('events.start')}</Button>}
            />
        );
    return (
        <Empty
            title={t('events.none')}
            text={t(filter ? 'events.none.filter' : 'events.none.range')}
            action={
                <>
                    <Button onClick={onWiden}>{t('events.widen')}</Button>{' '}
                    {filter && <Button onClick={onClear}>{t('events.clear')}</Button>}
                </>
            }
        />
    );
}
