import { cleanup, render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { type Command, KeysProvider, useKeys } from './keys';

function Keys({ commands }: { commands: Command[] }) {
    useKeys(commands);
    return null;
}

describe('keys', () => {
    afterEach(cleanup);
    it('run commands, sequences too, but not while somebody types', async () => {
        const ran: string[] = [];
        const command = (keys: string): Command => ({ id: keys, keys, run: () => void ran.push(keys) });
        const user = userEvent.setup();
        const { getByLabelText } = render(
            <KeysProvider>
                <Keys commands={[command('j'), command('g a'), command('Ctrl+k')]} />
                <input aria-label="text" />
            </KeysProvider>,
        );
        await user.keyboard('j');
        await user.keyboard('ga');
        await user.keyboard('gx');
        await user.click(getByLabelText('text'));
        await user.keyboard('j');
        await user.keyboard('{Control>}k{/Control}');
        expect(ran).toEqual(['j', 'g a', 'Ctrl+k']);
    });

    it('end with the component, and the inner one comes first', async () => {
        const ran: string[] = [];
        const user = userEvent.setup();
        const commands = (name: string): Command[] => [{ id: name, keys: 'j', run: () => void ran.push(name) }];
        const page = (inner: boolean) => (
            <KeysProvider>
                <Keys commands={commands('outer')} />
                {inner && <Keys commands={commands('inner')} />}
            </KeysProvider>
        );
        const { rerender } = render(page(true));
        await user.keyboard('j');
        rerender(page(false));
        await user.keyboard('j');
        expect(ran).toEqual(['inner', 'outer']);
    });
});
