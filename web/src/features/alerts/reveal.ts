/** Below the bar on top and the header of the list, which stay, px. */
const above = 300;

/** Scrolls so that a row can be seen, beside or over the panel. */
export function reveal(id: string): void {
    const row = document.querySelector(`[data-alert="${CSS.escape(id)}"]`)?.closest('tr');
    if (!row) return;
    const { top, bottom, right } = row.getBoundingClientRect();
    const panel = document.querySelector('[data-alert-panel]')?.getBoundingClientRect();
    const under = panel && panel.left < right;
    const head = row.closest('table')?.tHead?.getBoundingClientRect().bottom ?? 0;
    const low = (under ? panel.top - 110 : globalThis.innerHeight) - 16;
    const high = Math.min(above, Math.max(head, 0));
    if (bottom > low) globalThis.scrollBy(0, bottom - low);
    else if (top < high) globalThis.scrollBy(0, top - high);
}
