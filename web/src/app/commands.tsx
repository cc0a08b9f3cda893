import Box from '@cloudscape-design/components/box';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { folded } from '~/app/text';
import { useText } from './intl';
import { type Command, useCommands } from './keys';
import { link } from './url';

function Keys({ keys }: { keys: string }) {
    return (
        <span className="vg-keys">
            {keys.split(' ').map((key, at) => (
                <kbd key={at}>{key}</kbd>
            ))}
        </span>
    );
}

/** Whether the letters of `query` stand in `text` in their order; lower is nearer, null is not at all. */
export function nearness(query: string, text: string): number | null {
    const words = folded(text);
    const asked = folded(query);
    const whole = words.indexOf(asked);
    if (whole >= 0) return whole;
    let at = 0;
    let gaps = 0;
    for (const letter of asked) {
        const next = words.indexOf(letter, at);
        if (next < 0) return null;
        gaps += next - at;
        at = next + 1;
    }
    return 100 + gaps;
}

/** Everything that can be done here, by name. */
export function CommandList({ close }: { close: () => void }) {
    const t = useText();
    const navigate = useNavigate();
    const commands = useCommands();
    const [query, setQuery] = useState('');
    const [at, setAt] = useState(0);
    const list = useRef<HTMLUListElement>(null);
    const offered = useMemo(() => {
        const all: (Command & { text: string })[] = commands()
            .filter((one) => !one.keyOnly && !one.disabled)
            .map((one) => ({ ...one, text: one.label ?? t(`keys.${one.id}`) }));
        if (query.trim()) {
            const text = query.trim();
            all.push(
                {
                    id: 'find.alerts',
                    text: t('commands.alerts', { text }),
                    run: () => navigate(link('/alerts', { title: text })),
                },
                {
                    id: 'find.rules',
                    text: t('commands.rules', { text }),
                    run: () => navigate(link('/rules', { q: text })),
                },
                {
                    id: 'find.events',
                    text: t('commands.events', { text }),
                    run: () => navigate(link('/events', { filter: text })),
                },
            );
        }
        return all
            .map((one) => ({ one, near: one.id.startsWith('find.') ? 1000 : nearness(query, one.text) }))
            .filter(({ near }) => near !== null)
            .sort((a, b) => a.near! - b.near!)
            .map(({ one }) => one)
            .slice(0, 40);
    }, [query, commands, t, navigate]);
    const run = (command: Command | undefined) => {
        if (!command) return;
        close();
        // The dialog gives the focus back first.
        setTimeout(() => command.run());
    };
    useEffect(() => {
        list.current?.children[at]?.scrollIntoView?.({ block: 'nearest' });
    }, [at]);
    return (
        <Modal visible onDismiss={close} header={t('top.commands')} size="medium">
            <div
                onKeyDown={(event) => {
                    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
                    if (step) {
                        event.preventDefault();
                        setAt((before) => Math.max(0, Math.min(offered.length - 1, before + step)));
                    } else if (event.key === 'Enter') {
                        event.preventDefault();
                        run(offered[at]);
                    }
                }}
            >
                <Input
                    value={query}
                    onChange={({ detail }) => {
                        setQuery(detail.value);
                        setAt(0);
                    }}
                    type="search"
                    autoFocus
                    ariaLabel={t('commands.label')}
                    placeholder={t('commands.placeholder')}
                    nativeInputAttributes={{
                        role: 'combobox',
                        'aria-expanded': true,
                        'aria-controls': 'vg-commands',
                        'aria-activedescendant': offered[at] ? `vg-command-${at}` : undefined,
                    }}
                />
                <ul className="vg-commands" id="vg-commands" role="listbox" aria-label={t('top.commands')} ref={list}>
                    {offered.map((one, index) => (
                        <li
                            key={one.id}
                            id={`vg-command-${index}`}
                            role="option"
                            aria-selected={index === at}
                            tabIndex={-1}
                            onMouseMove={() => setAt(index)}
                            onClick={() => run(one)}
                            onKeyDown={() => undefined}
                        >
                            <span>{one.text}</span>
                            {one.keys && <Keys keys={one.keys} />}
                        </li>
                    ))}
                </ul>
                {offered.length === 0 && <Box color="text-body-secondary">{t('commands.none')}</Box>}
            </div>
        </Modal>
    );
}

/** The keys that do something here. */
export function KeyHelp({ close }: { close: () => void }) {
    const t = useText();
    const commands = useCommands()().filter((one) => one.keys);
    return (
        <Modal visible onDismiss={close} header={t('top.keys')} size="medium">
            <dl className="vg-keyhelp">
                {commands.map((one) => (
                    <div key={`${one.id} ${one.keys}`}>
                        <dt>
                            <Keys keys={one.keys!} />
                        </dt>
                        <dd>{one.label ?? t(`keys.${one.id}`)}</dd>
                    </div>
                ))}
            </dl>
        </Modal>
    );
}
