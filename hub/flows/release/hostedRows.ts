/** Pages of stored rows under a permission: its row filter and the caller's terms are combined with AND and pushed into SQL. */
import { randomUUID } from 'node:crypto';
import type { Permission } from '../../../policies/decision.ts';
import { Problem } from '../../../terms/problem.ts';
import { isMissingColumn, isMissingTable } from '../../platform/database/failure.ts';
import { datasetById, intakeRulesOf } from '../../registry/store/datasets.ts';
import { lastText, seriesOf, type Series } from '../../domain/timeField.ts';
import { countDestroyed } from '../rows/store/periods.ts';
import { fetchLatest, hasMoreSeries, type LatestQuery } from '../rows/store/latest.ts';
import {
  fetchRows,
  isTable,
  valueFits,
  type FetchedRow,
  type Position,
  type Fetched,
  type RowQuery,
} from '../rows/store/fetch.ts';
import {
  batchTable,
  datasetTable,
  layoutOf,
  type Column,
  type Layout,
} from '../../domain/rowTable/layout.ts';
import type { ColumnPage } from '../rows/store/rowsByColumn.ts';
import { sealedCursors, type Cursors, type CursorState } from '../cursor.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { DecideAfresh } from '../../pipeline/call.ts';
import { otherMajor } from './allowedCall.ts';
import { historyPage } from './historyRows.ts';
import type { Page, RowSource, Query } from './rowSource.ts';
import {
  asksLatest,
  callersTerms,
  cursorContext,
  columnNamed,
  columnsNamed,
  fieldsToRead,
  limitOf,
  sortable,
} from './requestedRows.ts';
import type { ReleaseServices } from './services.ts';

/** How often a page is read again because the dataset's batch was replaced during the read. */
const maxAttempts = 5;

/** The rows of a dataset that the hub stores. @param consumer department that asks @param cursors of its pages */
export const hostedRows = (
  services: ReleaseServices,
  dataset: LiveDataset,
  consumer: string,
  cursors: Cursors = sealedCursors(services.keys.cursor),
): RowSource => ({
  page: (query, permission) => fetchPage(services, query, permission, dataset, { consumer, cursors }),
  refuse: (query, permission) => refusePage(services, query, permission, dataset, { consumer, cursors }),
  given: [],
  notes: [],
});

/** The calling department, and how page ends are encoded for it. */
interface Asker {
  readonly consumer: string;
  readonly cursors: Cursors;
}

/** @throws Problem filter_value_invalid, cursor_invalid, cursor_expired, dataset_without_rows */
async function fetchPage(
  services: ReleaseServices,
  query: Query,
  permission: Permission,
  dataset: LiveDataset,
  asker: Asker,
): Promise<Page> {
  const layout = layoutOf(dataset.schema);
  if (query.history === true) return historyPage(services, query, permission, dataset, asker);
  if (asksLatest(query)) return latestPage(services, query, permission, dataset, asker);
  const lookup = loneLookup(layout, permission, query);
  if (lookup !== undefined) return lookedUp(services, permission, dataset, lookup);
  const limit = limitOf(query, permission);
  const { wanted, context, resumed } = requestedPage(query, permission, dataset, asker);
  const fetch: Fetch = (place) => fetchRows(services.database.app, { limit: limit + 1, ...wanted, ...place });
  const destroyed = destroyedOf(services, dataset);
  const gone = resumed === undefined ? await destroyed?.() : resumed.gone;
  const { fetched, batch } = await fetchFrom(services, dataset, fetch, resumed);
  // checked after reading the page: if a period was destroyed since the first page, its rows would be missing without notice
  if (resumed !== undefined && (await destroyed?.()) !== gone) throw new Problem('cursor_expired');
  const after = (position: Position): string => asker.cursors.seal(context, { batch, position, gone });
  const cursorAfter = ({ position }: FetchedRow): string => after(position);
  if (fetched.page !== undefined) return pageOfMany(fetched.page, limit, after);
  const rows = fetched.rows.slice(0, limit);
  const last = rows.at(-1);
  const more = fetched.rows.length > limit && last !== undefined;
  return { rows, nextCursor: more ? cursorAfter(last) : undefined, cursorAfter };
}

/**
 * Latest rows, by series. A period destroyed between two pages only removes rows whose retention has ended. Where the grant does not have
 * the whole key in clear, its order would disclose the key: rows are shuffled, in another order at each call, so that no series is
 * recognised by its place either. Each page then finds all series, so that their number is limited.
 */
async function latestPage(
  services: ReleaseServices,
  query: Query,
  permission: Permission,
  dataset: LiveDataset,
  { consumer, cursors }: Asker,
): Promise<Page> {
  const { row, schema } = dataset;
  const layout = layoutOf(schema);
  const limit = limitOf(query, permission);
  const series = seriesOf(intakeRulesOf(row).timeField ?? '', schema);
  const isOrdered = isKeyClear(services, permission, series);
  const plain = cursorContext(query, permission, row.id, consumer);
  // the two orders have other positions
  const context = isOrdered ? plain : { ...plain, query: `${plain.query} shuffled` };
  const resumed = query.cursor === undefined ? undefined : cursors.open(context, query.cursor);
  if (services.registry.pointer(row.id) === null) await heardPointer(services, dataset);
  // of a shuffled order, a cursor holds the place and what it was shuffled by
  const [, former] = resumed?.position.values ?? [];
  const shuffledBy = isOrdered ? undefined : typeof former === 'string' ? former : randomUUID();
  const wanted: LatestQuery = {
    layout,
    table: datasetTable(row.id, schema),
    series,
    columns: columnsNamed(layout, fieldsToRead(permission)),
    visible: permission.rowFilter,
    asked: callersTerms(dataset, query),
    until: query.asOf === undefined ? undefined : lastText(query.asOf),
    after: resumed?.position,
    shuffledBy,
    limit: limit + 1,
  };
  if (!isOrdered && resumed === undefined) await refuseManySeries(services, wanted);
  const found = await fetchLatest(services.database.app, wanted);
  const rows = found.slice(0, limit);
  const cursorAfter = ({ position: { values, row: nth } }: FetchedRow): string => {
    const position = { values: shuffledBy === undefined ? values : [...values, shuffledBy], row: nth };
    return cursors.seal(context, { batch: undefined, position });
  };
  const last = rows.at(-1);
  const more = found.length > limit && last !== undefined;
  return { rows, nextCursor: more ? cursorAfter(last) : undefined, cursorAfter };
}

/** Series of an answer that is not in the order of its key. */
const maxShuffled = 100_000;

const tooManySeries = {
  zh: `主键未全部以原值授予，而序列超过 ${maxShuffled} 个；请以 filter（eq）写明主键的前几项以减少序列，或在共享协议中以原值授予主键`,
  en: `the key is not granted in clear, and there are more than ${maxShuffled} series: name the first fields of the key in filter with eq, or have the agreement grant the key in clear`,
};

/** @throws Problem latest_unfit */
async function refuseManySeries({ database }: ReleaseServices, query: LatestQuery): Promise<void> {
  if (await hasMoreSeries(database.app, query, maxShuffled))
    throw new Problem('latest_unfit', { reason: tooManySeries }, { at: 'latest' });
}

/** Whether the agreement grants the key of the series in clear, also where the call names fewer fields. */
function isKeyClear({ registry }: ReleaseServices, { plan }: Permission, { keys }: Series): boolean {
  const granted = registry.current.plans.agreements
    .get(plan.agreement)
    ?.plans.get(plan.consumer)
    ?.get(plan.dataset)
    ?.get(plan.purpose)?.granted;
  return keys.every(({ field }) =>
    granted?.get(field)?.some((one) => one.field === field && one.mask.name === 'clear'),
  );
}

/** How many periods of a dataset have been destroyed; undefined where its rows are not partitioned by period. */
function destroyedOf(
  { database }: ReleaseServices,
  { row }: LiveDataset,
): (() => Promise<number>) | undefined {
  const apart = row.mode === 'upsert' && intakeRulesOf(row).periods !== undefined;
  return apart ? () => countDestroyed(database.app, row.id) : undefined;
}

/** @param after returns the cursor of a position */
function pageOfMany(found: ColumnPage, limit: number, after: (position: Position) => string): Page {
  const columns = found.first(limit);
  const more = found.length > limit && limit > 0;
  return new PageOfMany(columns, more ? columns.positionAt(limit - 1) : undefined, after);
}

/** Creates its rows, and the cursor after them, on demand. */
class PageOfMany implements Page {
  readonly columns: ColumnPage;
  private readonly end: Position | undefined;
  private readonly after: (position: Position) => string;
  private cursor: string | undefined;

  constructor(columns: ColumnPage, end: Position | undefined, after: (position: Position) => string) {
    this.columns = columns;
    this.end = end;
    this.after = after;
  }

  get rows(): readonly FetchedRow[] {
    return this.columns.rows;
  }

  get nextCursor(): string | undefined {
    return this.end === undefined ? undefined : (this.cursor ??= this.after(this.end));
  }

  cursorAfter({ position }: FetchedRow): string {
    return this.after(position);
  }
}

/**
 * The query parameters of a page, wherever its rows are stored. @throws Problem filter_value_invalid, sort_not_granted, cursor_invalid
 */
function requestedPage(
  query: Query,
  permission: Permission,
  dataset: LiveDataset,
  { consumer, cursors }: Asker,
) {
  const layout = layoutOf(dataset.schema);
  const context = cursorContext(query, permission, dataset.row.id, consumer);
  const resumed = query.cursor === undefined ? undefined : cursors.open(context, query.cursor);
  const wanted = {
    layout,
    columns: columnsNamed(layout, fieldsToRead(permission)),
    conditions: [...permission.rowFilter, ...callersTerms(dataset, query)],
    sort: (query.sort ?? []).map((term) => ({
      column: sortable(columnNamed(layout, term.replace(/^-/, ''))),
      descending: term.startsWith('-'),
    })),
    after: resumed?.position,
  };
  return { wanted, context, resumed };
}

/** @throws Problem the same problems as reading the page */
async function refusePage(
  services: ReleaseServices,
  query: Query,
  permission: Permission,
  dataset: LiveDataset,
  asker: Asker,
): Promise<void> {
  const { registry, database } = services;
  const { resumed } = requestedPage(query, permission, dataset, asker);
  const lasting = dataset.row.mode === 'upsert';
  if (!lasting && resumed?.batch !== undefined) {
    if (!(await isTable(database.app, batchTable(resumed.batch)))) throw new Problem('cursor_expired');
  } else if (registry.pointer(dataset.row.id) === null) await heardPointer(services, dataset);
}

/** Reads the requested rows from one table, together with the current-batch pointer of a snapshot dataset. */
type Fetch = (place: Pick<RowQuery, 'table' | 'dataset'>) => Promise<Fetched>;

interface LoneLookup {
  readonly key: Column;
  readonly value: string | number;
}

/** The single row of a lone lookup, read together with those of other calls. It has no next page. */
async function lookedUp(
  services: ReleaseServices,
  permission: Permission,
  dataset: LiveDataset,
  { key, value }: LoneLookup,
): Promise<Page> {
  if (!valueFits(key, value)) throw new Problem('filter_value_invalid', {}, { at: key.field });
  const layout = layoutOf(dataset.schema);
  const query = {
    layout,
    columns: columnsNamed(layout, fieldsToRead(permission)),
    conditions: permission.rowFilter,
    key,
  };
  const fetch: Fetch = (place) =>
    services.lookups.fetch({ table: place.table, dataset: place.dataset, ...query }, value);
  const { fetched } = await fetchFrom(services, dataset, fetch, undefined);
  return { rows: fetched.rows, nextCursor: undefined };
}

/** A call that requests one row by the full value of the table's key, and nothing else. */
function loneLookup(
  layout: Layout,
  { lookup }: Permission,
  { filter, sort = [], cursor }: Query,
): LoneLookup | undefined {
  const [key] = layout.key;
  const lone =
    lookup !== undefined &&
    filter?.length === 1 &&
    sort.length === 0 &&
    cursor === undefined &&
    layout.key.length === 1 &&
    key?.field === lookup.field &&
    !key.decimal &&
    key.moments === undefined;
  return lone ? { key, value: lookup.value } : undefined;
}

async function fetchFrom(
  services: ReleaseServices,
  dataset: LiveDataset,
  fetch: Fetch,
  resumed: CursorState | undefined,
): Promise<{ readonly fetched: Fetched; readonly batch: string | undefined }> {
  if (dataset.row.mode === 'upsert') {
    if (services.registry.pointer(dataset.row.id) === null) await heardPointer(services, dataset);
    const table = datasetTable(dataset.row.id, dataset.schema);
    return { fetched: await fetch({ table, dataset: undefined }), batch: undefined };
  }
  if (resumed?.batch !== undefined) {
    const table = batchTable(resumed.batch);
    try {
      return {
        fetched: await fetch({ table, dataset: undefined }),
        batch: resumed.batch,
      };
    } catch (error) {
      throw isMissingTable(error) ? new Problem('cursor_expired') : error;
    }
  }
  return fetchCurrent(services, dataset, fetch);
}

/** Reads the current batch as this process last knew it; the same statement checks that it is still current. */
async function fetchCurrent(
  services: ReleaseServices,
  dataset: LiveDataset,
  fetch: Fetch,
): Promise<{ readonly fetched: Fetched; readonly batch: string }> {
  const { registry } = services;
  const { id } = dataset.row;
  let batch = registry.pointer(id) ?? (await heardPointer(services, dataset));
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    try {
      const fetched = await fetch({ table: batchTable(batch), dataset: id });
      if (fetched.current === batch) return { fetched, batch };
    } catch (error) {
      // the batch has the schema version to which the dataset moved while this call was decided
      if (isMissingColumn(error)) throw new DecideAfresh('the dataset has another version', { cause: error });
      if (!isMissingTable(error)) throw error;
    }
    batch = await heardPointer(services, dataset);
  }
  throw new DecideAfresh('each attempt met another batch');
}

/** @throws Problem dataset_without_rows; DecideAfresh where the dataset moved to another major version in the meantime */
async function heardPointer({ registry, database }: ReleaseServices, { row }: LiveDataset): Promise<string> {
  const { id } = row;
  const now = await datasetById(database.app, id);
  if (otherMajor(row, now)) throw new DecideAfresh();
  const batch = now?.currentBatch ?? null;
  registry.movePointer(id, batch);
  if (batch === null) throw new Problem('dataset_without_rows', { dataset: id });
  return batch;
}
