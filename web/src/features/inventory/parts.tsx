import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { Dotted } from '~/ui/Dotted';
import { Empty } from '~/ui/Empty';
import { Follow } from '~/ui/Follow';
import type { Column } from '~/ui/ListTable';
import { useColumns } from './columns';
import { type Items, identityOf, itemPath, type Kind } from './kinds';

/** Items of another kind that belong to the one of the page, as their own table shows them. */
export function Belonging<K extends Kind>({
    kind,
    items,
    patch,
    columns: wanted,
    title,
    count,
    empty,
}: {
    kind: K;
    items: readonly Items[K][] | undefined;
    patch: Record<string, string | null>;
    columns: readonly string[];
    title: string;
    /** How many there are, where not all are shown. */
    count?: number;
    empty: string;
}) {
    const t = useText();
    const columns = (useColumns(patch)[kind]() as Column<Items[K]>[]).filter((one) => wanted.includes(one.id));
    return (
        <Table
            items={items ?? []}
            loading={items === undefined}
            loadingText={t('ui.loading')}
            trackBy={(one) => identityOf(kind, one).id}
            wrapLines
            columnDefinitions={columns.map(({ id, header, cell, minWidth, isRowHeader }) => ({
                id,
                header,
                cell,
                minWidth,
                isRowHeader,
            }))}
            header={
                <Header variant="h2" counter={items && `(${count ?? items.length})`}>
                    {title}
                </Header>
            }
            empty={<Empty title={empty} />}
        />
    );
}

/** A link to another item by its id, or a dash. */
export function ItemLink({
    kind,
    id,
    text,
    patch,
}: {
    kind: Kind;
    id: string | null;
    text?: string;
    patch: Record<string, string | null>;
}) {
    if (!id) return <>–</>;
    return (
        <Follow to={`${itemPath(kind, id)}${link('', patch)}`}>
            <Dotted text={text ?? id} />
        </Follow>
    );
}
