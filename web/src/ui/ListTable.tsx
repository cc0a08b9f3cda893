import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useText } from '~/app/intl';
import { folded } from '~/app/text';
import { useUrl } from '~/app/url';
import { Empty } from './Empty';
import { ErrorBox } from './ErrorBox';

export interface Column<T> {
    id: string;
    header: string;
    cell(item: T): ReactNode;
    /** What it is sorted by; left out, it is not. Null comes last. */
    sort?: (item: T) => string | number | null;
    width?: number;
    minWidth?: number;
    isRowHeader?: boolean;
}

interface Props<T> {
    title: string;
    /** Of the title: h1 where the table is the page. */
    level?: 'h1' | 'h2';
    description?: ReactNode;
    actions?: ReactNode;
    columns: readonly Column<T>[];
    /** All of them that the server gave; undefined while they are on the way. */
    items: readonly T[] | undefined;
    error?: unknown;
    retry?: () => void;
    id(item: T): string;
    /** What the search looks in. */
    text(item: T): string;
    placeholder: string;
    empty: ReactNode;
    /** The column that sorts as long as nobody chose: 'name', or '-time' for the last first. */
    sorted?: string;
    /** Further filters, beside the search. */
    filters?: ReactNode;
    /** Whether these keep anything out, so that they are shown over an empty table, too. */
    filtered?: boolean;
    /** What its state is called in the URL, before q, sort and page; for the second table of a page. */
    name?: string;
    pageSize?: number;
    /** How many there are in all, where the server has not given them all. */
    total?: number;
    /** Asks for further items, where the server has some: they come behind the last page. */
    more?: () => void;
    /** Whether further ones are on the way. */
    asking?: boolean;
    footer?: ReactNode;
    variant?: TableProps.Variant;
    /** One of them can be chosen, for the actions in the header. */
    selected?: T | null;
    onSelect?: (item: T | null) => void;
}

/** The items that hold all words of the query. */
export function found<T>(items: readonly T[], text: (item: T) => string, query: string): T[] {
    const words = folded(query).split(/\s+/).filter(Boolean);
    return items.filter((item) => {
        const own = folded(text(item));
        return words.every((word) => own.includes(word));
    });
}

/** Sorted by a key; those without one come last either way. */
export function sortedBy<T>(items: readonly T[], key: (item: T) => string | number | null, descending: boolean): T[] {
    const sign = descending ? -1 : 1;
    return [...items].sort((a, b) => {
        const [left, right] = [key(a), key(b)];
        if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
        if (typeof left === 'number' && typeof right === 'number') return sign * (left - right);
        return sign * String(left).localeCompare(String(right), undefined, { numeric: true });
    });
}

/** A table of what the server gave, whole or as far as it was asked for: search, sorting and pages, all of which stand in the URL. */
export function ListTable<T>(props: Props<T>) {
    const t = useText();
    const url = useUrl();
    const named = (what: string) => (props.name ? `${props.name}-${what}` : what);
    const { items = [], columns, text } = props;
    const query = url.get(named('q'));
    const sort = url.get(named('sort'), props.sorted ?? '');
    const descending = sort.startsWith('-');
    const by = columns.find((one) => one.id === sort.replace(/^-/, '') && one.sort);
    const size = props.pageSize ?? 50;
    const matching = useMemo(() => found(items, text, query), [items, text, query]);
    const ordered = by ? sortedBy(matching, by.sort!, descending) : matching;
    const pages = Math.max(1, Math.ceil(ordered.length / size));
    const wanted = Math.max(1, Number(url.get(named('page'), '1')) || 1);
    const page = Math.min(pages, wanted);
    const { more, asking } = props;
    // A link may lead to a page whose items are not here yet.
    const behind = wanted > pages && more !== undefined && !asking && props.items !== undefined;
    useEffect(() => {
        if (behind) more?.();
    }, [behind, more]);
    const definitions = columns.map(
        (one): TableProps.ColumnDefinition<T> => ({
            id: one.id,
            header: one.header,
            cell: one.cell,
            sortingField: one.sort && one.id,
            width: one.width,
            minWidth: one.minWidth,
            isRowHeader: one.isRowHeader,
        }),
    );
    const selection: Partial<TableProps<T>> = props.onSelect
        ? {
              selectionType: 'single',
              selectedItems: props.selected ? [props.selected] : [],
              onSelectionChange: ({ detail }) => props.onSelect?.(detail.selectedItems[0] ?? null),
              onRowClick: ({ detail }) => props.onSelect?.(detail.item),
              ariaLabels: {
                  selectionGroupLabel: props.title,
                  itemSelectionLabel: (_, item) => t('ui.list.choose', { what: text(item) }),
              },
          }
        : {};
    if (props.error && !props.items)
        return (
            <SpaceBetween size="m">
                <Header variant={props.level ?? 'h2'}>{props.title}</Header>
                <ErrorBox error={props.error} retry={props.retry} />
            </SpaceBetween>
        );
    return (
        <Table
            variant={props.variant ?? 'container'}
            items={ordered.slice((page - 1) * size, page * size)}
            trackBy={props.id}
            columnDefinitions={definitions}
            sortingColumn={definitions.find((one) => one.id === by?.id)}
            sortingDescending={descending}
            onSortingChange={({ detail }) =>
                url.set({
                    [named('sort')]: `${detail.isDescending ? '-' : ''}${detail.sortingColumn.sortingField}`,
                    [named('page')]: null,
                })
            }
            loading={props.items === undefined}
            loadingText={t('ui.loading')}
            header={
                <Header
                    variant={props.level ?? 'h2'}
                    counter={
                        props.items &&
                        `(${query ? `${ordered.length}/` : ''}${props.total ?? items.length}${more ? '+' : ''})`
                    }
                    description={props.description}
                    actions={props.actions}
                >
                    {props.title}
                </Header>
            }
            filter={
                (items.length > 0 || query !== '' || props.filtered) && (
                    <div className="vg-list-filter">
                        <TextFilter
                            filteringText={query}
                            filteringPlaceholder={props.placeholder}
                            filteringAriaLabel={props.placeholder}
                            countText={query ? t('ui.list.found', { count: ordered.length }) : undefined}
                            onChange={({ detail }) =>
                                url.set({ [named('q')]: detail.filteringText, [named('page')]: null })
                            }
                        />
                        {props.filters}
                    </div>
                )
            }
            pagination={
                (pages > 1 || more) && (
                    <Pagination
                        currentPageIndex={page}
                        pagesCount={pages}
                        openEnd={more !== undefined}
                        onChange={({ detail }) => url.set({ [named('page')]: detail.currentPageIndex })}
                    />
                )
            }
            wrapLines
            footer={props.footer}
            {...selection}
            empty={query ? <Empty title={t('ui.list.none')} /> : props.empty}
            enableKeyboardNavigation
        />
    );
}
