import Link, { type LinkProps } from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';

/** A link to another view of the console, followed without loading the page anew. */
export function Follow({
    to,
    label,
    fontSize,
    children,
}: {
    to: string;
    label?: string;
    fontSize?: LinkProps['fontSize'];
    children: ReactNode;
}) {
    const navigate = useNavigate();
    return (
        <Link
            href={to}
            ariaLabel={label}
            fontSize={fontSize}
            onFollow={(event) => {
                // With Ctrl, Shift or the middle button the browser opens it itself.
                event.preventDefault();
                navigate(to);
            }}
        >
            {children}
        </Link>
    );
}
