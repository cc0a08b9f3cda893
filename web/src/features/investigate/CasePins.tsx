import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { type Case, changeCase, type Pin, withPin } from '~/ui/cases';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';

const same = (a: Pin, b: Pin) => a.kind === b.kind && a.id === b.id;

/** What was pinned to the case, in the order of time. */
export function CasePins({ one, mayChange }: { one: Case; mayChange: boolean }) {
    const t = useText();
    const flash = useFlash();
    const client = useQueryClient();
    const restore = useMutation({
        mutationFn: (pin: Pin) => changeCase(client, one.id, (before) => withPin(before, pin)),
        onSuccess: () => flash.drop('unpinned'),
    });
    const remove = useMutation({
        mutationFn: (pin: Pin) =>
            changeCase(client, one.id, (before) => ({
                ...before,
                pins: before.pins.filter((each) => !same(each, pin)),
            })),
        onSuccess: (_, pin) =>
            flash.push({
                id: 'unpinned',
                type: 'success',
                content: t('investigate.unpinned', { title: pin.title }),
                action: <Button onClick={() => restore.mutate(pin)}>{t('investigate.undo')}</Button>,
            }),
    });
    const fault = remove.error ?? restore.error;
    return (
        <SpaceBetween size="s">
            {fault && <ErrorBox error={fault} />}
            <Table
                items={one.pins}
                trackBy={(pin) => `${pin.kind} ${pin.id}`}
                wrapLines
                header={
                    <Header variant="h2" counter={`(${one.pins.length})`}>
                        {t('investigate.pins')}
                    </Header>
                }
                columnDefinitions={[
                    {
                        id: 'time',
                        header: t('ui.time'),
                        width: 170,
                        cell: (pin) => <When time={pin.time} as="short" />,
                    },
                    {
                        id: 'kind',
                        header: t('investigate.kind'),
                        width: 100,
                        cell: (pin) => t(`investigate.${pin.kind}`),
                    },
                    {
                        id: 'title',
                        header: t('investigate.what'),
                        isRowHeader: true,
                        cell: (pin) => (
                            <Follow to={`/${pin.kind}s/${encodeURIComponent(pin.id)}`}>
                                <span className="vg-wrap">{pin.title}</span>
                            </Follow>
                        ),
                    },
                    {
                        id: 'note',
                        header: t('investigate.note'),
                        cell: (pin) => <span className="vg-wrap">{pin.note || '–'}</span>,
                    },
                    {
                        id: 'ways',
                        header: t('investigate.ways'),
                        width: 190,
                        cell: (pin) => (
                            <SpaceBetween direction="horizontal" size="xs">
                                <Follow
                                    to={link('/investigate', { [pin.kind]: pin.id })}
                                    label={t('investigate.look', { title: pin.title })}
                                >
                                    {t('investigate.title')}
                                </Follow>
                                {mayChange && (
                                    <Button
                                        variant="inline-icon"
                                        iconName="remove"
                                        ariaLabel={t('investigate.unpin', { title: pin.title })}
                                        loading={remove.isPending && same(remove.variables, pin)}
                                        onClick={() => remove.mutate(pin)}
                                    />
                                )}
                            </SpaceBetween>
                        ),
                    },
                ]}
                empty={
                    <Empty
                        title={t('investigate.pins.none')}
                        text={t('investigate.pins.none.what')}
                        action={<Follow to="/investigate">{t('investigate.start')}</Follow>}
                    />
                }
            />
        </SpaceBetween>
    );
}
