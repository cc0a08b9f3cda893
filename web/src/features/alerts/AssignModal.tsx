import { useText } from '~/app/intl';
import { useTimes } from '~/app/time';
import { Dialog } from '~/ui/Dialog';
import { ErrorBox } from '~/ui/ErrorBox';
import { useAssigned } from './AssignButton';
import { sizeOf, type Target, useAssign } from './actions';

/** Says of a set how many alerts it has, and whose they would be, before they are. */
export function AssignModal({
    target,
    assignee,
    close,
    done,
}: {
    target: Target;
    assignee: string;
    close: () => void;
    done?: () => void;
}) {
    const t = useText();
    const times = useTimes();
    const assign = useAssign();
    const assigned = useAssigned();
    const count = sizeOf(target);
    const run = async () => {
        try {
            assigned(await assign.mutateAsync({ target, assignee }), assignee);
        } catch {
            return;
        }
        done?.();
        close();
    };
    return (
        <Dialog
            header={t('alerts.assign.title', { count, who: assignee || t('alerts.assign.nobody') })}
            action={t('alerts.assign.do', { count })}
            run={run}
            close={close}
            busy={assign.isPending}
            disabled={count === 0}
        >
            {'until' in target && t('alerts.assign.set', { count, time: times.absolute(target.until) })}
            {assign.error && <ErrorBox error={assign.error} />}
        </Dialog>
    );
}
