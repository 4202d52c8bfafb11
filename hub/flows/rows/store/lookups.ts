/**
 * Batches look-ups by a full key value over concurrent calls. While two statements are in progress, further values are collected and sent
 * as one. Otherwise a value is sent as soon as the current turn of the event loop is read, with all values that arrived in it.
 */
import type { Pool } from '../../../platform/database/database.ts';
import { fetchRows, type Fetched, type FetchedRow, type RowQuery } from './fetch.ts';
import type { Column } from '../../../domain/rowTable/layout.ts';

/** A query without its key value. The key is unique in the table. */
export interface LookupQuery extends Omit<RowQuery, 'rowKey' | 'sort' | 'after' | 'limit'> {
  readonly key: Column;
}

export interface Lookups {
  /** The row of one key value, if the conditions let it through. */
  fetch(query: LookupQuery, value: string | number): Promise<Fetched>;
}

/** Concurrent statements of one kind. */
const maxUnderWay = 2;
/** Maximum values in one statement. */
const maxValues = 200;
/** Maximum kinds of query in memory; callers choose sets of fields. */
const maxLanes = 1_000;

interface Waiting {
  readonly value: string | number;
  readonly resolve: (fetched: Fetched) => void;
  readonly reject: (error: unknown) => void;
}

/** All calls that differ only in the key value. */
interface Lane {
  readonly query: LookupQuery;
  waiting: Waiting[];
  underWay: number;
  /** a statement will be sent once this turn of the event loop has been read */
  leaving: boolean;
}

export function lookups(pool: Pool): Lookups {
  const lanes = new Map<string, Lane>();

  function laneOf(query: LookupQuery): Lane {
    const kind = kindOf(query);
    let lane = lanes.get(kind);
    if (lane === undefined) {
      if (lanes.size >= maxLanes) lanes.clear(); // calls in progress retain their connection until they are done
      lane = { query, waiting: [], underWay: 0, leaving: false };
      lanes.set(kind, lane);
    }
    return lane;
  }

  function leaveSoon(lane: Lane): void {
    if (lane.leaving || lane.underWay >= maxUnderWay) return;
    lane.leaving = true;
    setImmediate(() => {
      lane.leaving = false;
      // running statements may have ended in the meantime and sent all waiting values
      while (lane.waiting.length > 0 && lane.underWay < maxUnderWay) void leave(lane);
    });
  }

  async function leave(lane: Lane): Promise<void> {
    const together = lane.waiting.splice(0, maxValues);
    lane.underWay += 1;
    try {
      const fetched = await fetchRows(pool, merged(lane.query, together));
      const field = lane.query.key.field;
      const rows = new Map(fetched.rows.map((row): [unknown, FetchedRow] => [row.record[field], row]));
      for (const { value, resolve } of together) {
        const row = rows.get(value);
        resolve({ rows: row === undefined ? [] : [row], current: fetched.current });
      }
    } catch (error) {
      for (const { reject } of together) reject(error);
    } finally {
      lane.underWay -= 1;
      if (lane.waiting.length > 0) void leave(lane);
    }
  }

  return {
    fetch: (query, value) =>
      new Promise((resolve, reject) => {
        const lane = laneOf(query);
        lane.waiting.push({ value, resolve, reject });
        leaveSoon(lane);
      }),
  };
}

/** The key is read too, to assign rows to calls; masks receive only the granted fields. */
function merged(
  { key, table, layout, dataset, columns, conditions }: LookupQuery,
  together: readonly Waiting[],
): RowQuery {
  const values = [...new Set(together.map(({ value }) => value))];
  return {
    table,
    layout,
    dataset,
    columns: columns.includes(key) ? columns : [...columns, key],
    conditions: [...conditions, { field: key.field, op: 'in', value: values }],
    sort: [],
    after: undefined,
    limit: values.length,
  };
}

const kinds = new WeakMap<readonly unknown[], string>();

/** Conditions come from a compiled plan, the same object for every call under it. */
function kindOf({ table, columns, conditions, dataset, key }: LookupQuery): string {
  let filter = kinds.get(conditions);
  if (filter === undefined) {
    filter = JSON.stringify(conditions);
    kinds.set(conditions, filter);
  }
  return `${table} ${dataset ?? ''} ${key.name} ${columns.map((column) => column.name).join()} ${filter}`;
}
