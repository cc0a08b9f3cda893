import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown';
import { useQuery } from '@tanstack/react-query';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { useProblem } from '~/ui/ErrorBox';
import { useAssign } from './actions';
import { peopleQuery } from './data';

/** Assigns, and tells only what went wrong, or how many where they are more than one. */
export function useAssignTo() {
    const t = useText();
    const flash = useFlash();
    const problem = useProblem();
    const assign = useAssign();
    const to = async (ids: readonly string[], assignee: string) => {
        try {
            const count = await assign.mutateAsync({ ids, assignee });
            flash.push({
                id: 'assigned',
                type: 'success',
                content: assignee
                    ? t('alerts.assigned', { count, who: assignee })
                    : t('alerts.assigned.nobody', { count }),
            });
        } catch (error) {
            flash.push({ id: 'assigned', type: 'error', content: problem(error).text });
        }
    };
    return { to, busy: assign.isPending };
}

/** Whom to assign alerts to: oneself first. */
export function AssignButton({ ids, disabled }: { ids: readonly string[]; disabled?: boolean }) {
    const t = useText();
    const { who, may } = useSession();
    const people = useQuery({ ...peopleQuery(), enabled: may('owner') });
    const { to, busy } = useAssignTo();
    const others = (people.data ?? []).filter((one) => one !== who);
    const items: ButtonDropdownProps.Items = [
        { id: `=${who}`, text: t('alerts.assign.me') },
        ...(others.length > 0
            ? [{ text: t('alerts.assign.others'), items: others.map((one) => ({ id: `=${one}`, text: one })) }]
            : []),
        { id: '=', text: t('alerts.assign.nobody') },
    ];
    return (
        <ButtonDropdown
            items={items}
            loading={busy}
            disabled={disabled || ids.length === 0 || !may('user')}
            disabledReason={may('user') ? undefined : t('alerts.reader')}
            onItemClick={({ detail }) => to(ids, detail.id.slice(1))}
            expandToViewport
        >
            {t('alerts.assign')}
        </ButtonDropdown>
    );
}
