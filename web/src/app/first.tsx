/** What index.html draws before any script has come, so that nothing blinks until the page stands. */
export function First() {
    return (
        <div className="vg-frame" aria-hidden="true">
            <img src="/assets/vigia.svg" alt="" width={28} height={28} />
            Vigia
        </div>
    );
}
