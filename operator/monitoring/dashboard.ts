/**
 * Grafana dashboards from tables: a dashboard is rows of panels, a panel is a title, a unit and
 * what it draws. Places and ids follow from the order.
 */

/** Grafana's names of units. */
type Unit =
  | 'short'
  | 'msg/s'
  | 'Bps'
  | 'bytes'
  | 'ms'
  | 's'
  | 'percentunit'
  | 'ops'
  | 'bool_on_off';

export interface Query {
  readonly expr: string;
  /** What a line is called; `{{pod}}` and the like are filled in. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly kind: 'lines' | 'number';
  readonly unit: Unit;
  /** Of the 24 columns. */
  readonly columns: 3 | 4 | 6 | 8 | 12 | 24;
  readonly queries: readonly Query[];
  /** What to read from it, when the title does not say. */
  readonly description?: string;
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  /** Of whose values it is: `label_values(metric{…}, label)`. */
  readonly query: string;
}

export interface Dashboard {
  /** In its address; never changes. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

const ROW_HEIGHT = 1;
const heights = { lines: 8, number: 4 } as const;
const GRID_COLUMNS = 24;
const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

/** As Grafana imports it. */
export function formatDashboard(dashboard: Dashboard): object {
  const { uid, title, description, variables } = dashboard;
  return {
    uid,
    title,
    description,
    tags: ['gantry', 'rocketmq'],
    schemaVersion: 39,
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list: [dataSource, ...variables.map(formatVariable)] },
    panels: placed(dashboard),
  };
}

const dataSource = {
  name: 'datasource',
  label: 'Data source',
  type: 'datasource',
  query: 'prometheus',
};

function formatVariable({ name, label, query }: Variable): object {
  return {
    name,
    label,
    type: 'query',
    datasource,
    definition: query,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    includeAll: true,
    multi: true,
    current: { text: ['All'], value: ['$__all'] },
  };
}

/** From left to right; a panel that does not fit begins a new line. */
function placed({ rows }: Dashboard): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    const gridPos = { x: 0, y, w: GRID_COLUMNS, h: ROW_HEIGHT };
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos,
    });
    y += ROW_HEIGHT;
    let x = 0;
    let height = 0;
    for (const panel of row.panels) {
      if (x + panel.columns > GRID_COLUMNS) {
        y += height;
        x = 0;
        height = 0;
      }
      const h = heights[panel.kind];
      panels.push({
        ...formatPanel(panel, panels.length + 1),
        gridPos: { x, y, w: panel.columns, h },
      });
      x += panel.columns;
      height = Math.max(height, h);
    }
    y += height;
  }
  return panels;
}

function formatPanel({ title, kind, unit, queries, description }: Panel, id: number): object {
  return {
    id,
    title,
    ...(description === undefined ? {} : { description }),
    type: kind === 'lines' ? 'timeseries' : 'stat',
    datasource,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options:
      kind === 'lines'
        ? { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } }
        : { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'none', graphMode: 'area' },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource,
      expr,
      legendFormat: legend,
      ...(kind === 'number' ? { instant: false } : {}),
    })),
  };
}
