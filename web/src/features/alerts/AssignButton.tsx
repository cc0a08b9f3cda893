import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown';
import { useQuery } from '@tanstack/react-query';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { useProblem } from '~/ui/ErrorBox';
import { useAssign } from './actions';
import { peopleQuery } from './data';

/** Tells over the page how many alerts are whose now. */
export function useAssigned() {
    const t = useText();
    const flash = useFlash();
    return (count: number, assignee: string) =>
        flash.push({
            id: 'assigned',
            type: 'success',
            content: assignee ? t('alerts.assigned', { count, who: assignee }) : t('alerts.assigned.nobody', { count }),
        });
}

/** Assigns, and tells how many, or what went wrong. */
export function useAssignTo() {
    const flash = useFlash();
    const problem = useProblem();
    const assign = useAssign();
    const assigned = useAssigned();
    const to = async (ids: readonly string[], assignee: string) => {
        try {
            assigned(await assign.mutateAsync({ target: { ids: [...ids] }, assignee }), assignee);
        } catch (error) {
            flash.push({ id: 'assigned', type: 'error', content: problem(error).text });
        }
    };
    return { to, busy: assign.isPending };
}

/** Whom to assign alerts to: oneself first. */
export function AssignMenu({
    text,
    busy,
    disabled,
    to,
}: {
    text: string;
    busy: boolean;
    disabled?: boolean;
    to: (assignee: string) => void;
}) {
    const t = useText();
    const { who, may } = useSession();
    const people = useQuery(peopleQuery());
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
            disabled={disabled || !may('user')}
            disabledReason={may('user') ? undefined : t('alerts.reader')}
            onItemClick={({ detail }) => to(detail.id.slice(1))}
            expandToViewport
        >
            {text}
        </ButtonDropdown>
    );
}

export function AssignButton({ ids, disabled }: { ids: readonly string[]; disabled?: boolean }) {
    const t = useText();
    const { to, busy } = useAssignTo();
    return (
        <AssignMenu
            text={t('alerts.assign')}
            busy={busy}
            disabled={disabled || ids.length === 0}
            to={(assignee) => to(ids, assignee)}
        />
    );
}
