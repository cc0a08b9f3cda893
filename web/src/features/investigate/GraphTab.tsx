import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import dagre from '@dagrejs/dagre';
import { queryOptions, useQuery } from '@tanstack/react-query';
import {
    Background,
    Controls,
    Handle,
    MarkerType,
    type Node,
    type NodeProps,
    Position,
    ReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useMemo } from 'react';
import { api, body } from '~/api/client';
import { useText } from '~/app/intl';
import { useDark, usePreferences } from '~/app/preferences';
import { useUrl } from '~/app/url';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import type { Span } from './data';
import { type GraphNode, graphColumns, graphOf, nodesMax, shortName } from './graph';
import { investigatePath, type Subject } from './subject';

const eventsMax = 1000;
const size = { width: 210, height: 52 };

const graphQuery = (filter: string, span: Span) =>
    queryOptions({
        queryKey: ['events', 'graph', filter, span],
        queryFn: async ({ signal }) => {
            const query = { filter, ...span, columns: graphColumns.join(','), limit: eventsMax };
            const page = await body(api.GET('/api/v1/events', { signal, params: { query } }));
            return { graph: graphOf(page.events), events: page.events.length, more: page.next !== null };
        },
        staleTime: 60_000,
    });

interface Props {
    filter: string;
    span: Span;
    patch: Record<string, string | null>;
    subject: Subject;
}
type Data = Node<{ node: GraphNode; to: string; subject: boolean }, 'thing'>;

function Thing({ data: { node, to, subject } }: NodeProps<Data>) {
    const t = useText();
    return (
        <div className="vg-graph-node" data-subject={subject} title={node.value}>
            <Handle type="target" position={Position.Left} isConnectable={false} />
            <span className="vg-muted">
                {t(`investigate.node.${node.kind}`)} · {t('investigate.events.count', { count: node.events })}
            </span>
            <span>
                <Follow to={to} label={node.value} fontSize="body-s">
                    {shortName(node.value)}
                </Follow>
            </span>
            <Handle type="source" position={Position.Right} isConnectable={false} />
        </div>
    );
}
const nodeTypes = { thing: Thing };

/** Who touched what, as a graph and, with the same words, as a table. */
export default function GraphTab({ filter, span, patch, subject }: Props) {
    const t = useText();
    const { get, set } = useUrl();
    const { preferences } = usePreferences();
    const dark = useDark(preferences.theme);
    const found = useQuery(graphQuery(filter, span));
    const graph = found.data?.graph;
    const host = get('host') || null;
    const pathOf = useMemo(() => {
        const range = JSON.parse(JSON.stringify(patch)) as Props['patch'];
        return ({ field, value }: GraphNode) =>
            investigatePath({ field, value, host: null }, { ...range, tab: 'graph' });
    }, [patch]);
    const drawn = useMemo(() => {
        if (!graph) return null;
        const layout = new dagre.graphlib.Graph();
        layout.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 70, marginx: 12, marginy: 12 });
        layout.setDefaultEdgeLabel(() => ({}));
        for (const { id } of graph.nodes) layout.setNode(id, { ...size });
        for (const { from, to } of graph.edges) layout.setEdge(from, to);
        dagre.layout(layout);
        const nodes = graph.nodes.map((node): Data => {
            const { x, y } = layout.node(node.id);
            return {
                id: node.id,
                type: 'thing',
                position: { x: x - size.width / 2, y: y - size.height / 2 },
                ...size,
                data: { node, to: pathOf(node), subject: node.value === subject.value || node.value === host },
            };
        });
        const edges = graph.edges.map(({ from, to, events }) => ({
            id: `${from}\0${to}`,
            source: from,
            target: to,
            label: events > 1 ? String(events) : undefined,
            markerEnd: { type: MarkerType.ArrowClosed },
        }));
        return { nodes, edges };
    }, [graph, pathOf, subject.value, host]);
    if (found.error) return <ErrorBox error={found.error} retry={() => found.refetch()} />;
    if (!graph || !drawn) return <Loading rows={8} />;
    if (graph.nodes.length === 0) return <Empty title={t('investigate.none')} text={t('investigate.none.what')} />;
    const as = get('as') === 'table' ? 'table' : 'graph';
    const byId = new Map(graph.nodes.map((one) => [one.id, one]));
    const cell = (id: string) => {
        const node = byId.get(id)!;
        return (
            <>
                <span className="vg-muted">{t(`investigate.node.${node.kind}`)}</span>{' '}
                <Follow to={pathOf(node)}>
                    <span className="vg-wrap">{node.value}</span>
                </Follow>
            </>
        );
    };
    return (
        <SpaceBetween size="s">
            <div className="vg-timeline-tools">
                <SegmentedControl
                    label={t('investigate.graph.as')}
                    selectedId={as}
                    options={['graph', 'table'].map((id) => ({ id, text: t(`investigate.graph.${id}`) }))}
                    onChange={({ detail }) => set({ as: detail.selectedId === 'graph' ? null : detail.selectedId })}
                />
                <Box color="text-body-secondary">
                    {t(found.data?.more ? 'investigate.graph.latest' : 'investigate.graph.all', {
                        count: found.data?.events ?? 0,
                    })}
                </Box>
            </div>
            {graph.left > 0 && (
                <Alert type="info">{t('investigate.graph.left', { max: nodesMax, count: graph.left })}</Alert>
            )}
            {as === 'graph' ? (
                <section className="vg-graph" aria-label={t('investigate.tab.graph')}>
                    <ReactFlow
                        key={`${filter} ${span.since} ${span.until}`}
                        nodes={drawn.nodes}
                        edges={drawn.edges}
                        nodeTypes={nodeTypes}
                        colorMode={dark ? 'dark' : 'light'}
                        fitView
                        fitViewOptions={{ minZoom: 0.4, maxZoom: 1 }}
                        minZoom={0.1}
                        nodesDraggable={false}
                        nodesConnectable={false}
                        nodesFocusable={false}
                        edgesFocusable={false}
                        elementsSelectable={false}
                        ariaLabelConfig={{
                            'controls.ariaLabel': t('investigate.graph.controls'),
                            'controls.zoomIn.ariaLabel': t('investigate.graph.in'),
                            'controls.zoomOut.ariaLabel': t('investigate.graph.out'),
                            'controls.fitView.ariaLabel': t('investigate.graph.fit'),
                        }}
                    >
                        <Background />
                        <Controls showInteractive={false} />
                    </ReactFlow>
                </section>
            ) : (
                <Table
                    items={graph.edges}
                    trackBy={({ from, to }) => `${from} ${to}`}
                    wrapLines
                    header={
                        <Header variant="h2" counter={`(${graph.edges.length})`}>
                            {t('investigate.graph.edges')}
                        </Header>
                    }
                    columnDefinitions={[
                        {
                            id: 'from',
                            header: t('investigate.graph.from'),
                            isRowHeader: true,
                            cell: ({ from }) => cell(from),
                        },
                        { id: 'to', header: t('investigate.graph.to'), cell: ({ to }) => cell(to) },
                        { id: 'events', header: t('investigate.events'), width: 110, cell: ({ events }) => events },
                    ]}
                    empty={<Empty title={t('investigate.none')} />}
                />
            )}
        </SpaceBetween>
    );
}
