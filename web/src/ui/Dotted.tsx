import { Fragment } from 'react';

/** A name of parts, as hosts, images and services have: a narrow column breaks it between them, and inside one only when it must. */
export function Dotted({ text }: { text: string }) {
    return (
        <span className="vg-wrap">
            {text.split(/(?<=[./:@])/).map((part, at) => (
                // The parts of a text never change places.
                <Fragment key={at}>
                    {at > 0 && <wbr />}
                    {part}
                </Fragment>
            ))}
        </span>
    );
}
