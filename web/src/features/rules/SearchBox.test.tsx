import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { SearchBox } from './SearchBox';

it('keeps what is typed while the view is behind, and takes what the view says by itself', async () => {
    const told: string[] = [];
    const box = (value: string) => <SearchBox value={value} label="Find" onChange={(text) => told.push(text)} />;
    const { rerender } = render(box(''));
    const input = screen.getByLabelText<HTMLInputElement>('Find');
    await userEvent.type(input, 'ecr');
    await waitFor(() => expect(told).toEqual(['ecr']));
    await userEvent.type(input, ' put');
    rerender(box('ecr'));
    expect(input.value).toBe('ecr put');
    await waitFor(() => expect(told).toEqual(['ecr', 'ecr put']));
    rerender(box('ecr put'));
    rerender(box(''));
    await waitFor(() => expect(input.value).toBe(''));
    expect(told).toEqual(['ecr', 'ecr put']);
});
