/**
 * Batches look-ups by a full key value over concurrent calls. While two statements are in progress, further values are collected and sent
 * as one. Otherwise a value is sent at the end of the current turn of the event loop, with all values that arrived in it.
 */
import type { Pool } from '../../../platform/database/database.ts';
import { fetchRows, type Fetched, type FetchedRow, type RowQuery } from './fetch.ts';
import type { Column, Layout } from '../../../domain/rowTable/layout.ts';

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
const maxGroups = 1_000;

interface Waiting {
  readonly value: string | number;
  readonly resolve: (fetched: Fetched) => void;
  readonly reject: (error: unknown) => void;
}

/** All calls that differ only in the key value. */
interface LookupGroup {
  readonly query: LookupQuery;
  waiting: Waiting[];
  underWay: number;
  /** a statement will be sent at the end of the current turn of the event loop */
  sending: boolean;
}

export function lookups(pool: Pool): Lookups {
  const groups = new Map<string, LookupGroup>();
  /** A layout decides how values are read: a later version of a schema may have a column of the same name that is nullable. */
  const layouts = new WeakMap<Layout, number>();
  let lastLayout = 0;

  function layoutNumber(layout: Layout): number {
    const known = layouts.get(layout);
    if (known !== undefined) return known;
    lastLayout += 1;
    layouts.set(layout, lastLayout);
    return lastLayout;
  }

  function groupOf(query: LookupQuery): LookupGroup {
    const kind = `${layoutNumber(query.layout)} ${kindOf(query)}`;
    let group = groups.get(kind);
    if (group === undefined) {
      if (groups.size >= maxGroups) groups.clear(); // calls in progress finish with the group they joined
      group = { query, waiting: [], underWay: 0, sending: false };
      groups.set(kind, group);
    }
    return group;
  }

  function sendSoon(group: LookupGroup): void {
    if (group.sending || group.underWay >= maxUnderWay) return;
    group.sending = true;
    setImmediate(() => {
      group.sending = false;
      // running statements may have ended in the meantime and sent all waiting values
      while (group.waiting.length > 0 && group.underWay < maxUnderWay) void send(group);
    });
  }

  async function send(group: LookupGroup): Promise<void> {
    const together = group.waiting.splice(0, maxValues);
    group.underWay += 1;
    try {
      const fetched = await fetchRows(pool, merged(group.query, together));
      const field = group.query.key.field;
      const rows = new Map(fetched.rows.map((row): [unknown, FetchedRow] => [row.record[field], row]));
      for (const { value, resolve } of together) {
        const row = rows.get(value);
        resolve({ rows: row === undefined ? [] : [row], current: fetched.current });
      }
    } catch (error) {
      for (const { reject } of together) reject(error);
    } finally {
      group.underWay -= 1;
      if (group.waiting.length > 0) void send(group);
    }
  }

  return {
    fetch: (query, value) =>
      new Promise((resolve, reject) => {
        const group = groupOf(query);
        group.waiting.push({ value, resolve, reject });
        sendSoon(group);
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

const filters = new WeakMap<readonly unknown[], string>();

/** Conditions come from a compiled plan, the same object for every call under it. */
function filterOf(conditions: LookupQuery['conditions']): string {
  const known = filters.get(conditions);
  if (known !== undefined) return known;
  const filter = JSON.stringify(conditions);
  filters.set(conditions, filter);
  return filter;
}

/** What the queries of one layout differ in. */
const kindOf = ({ table, columns, conditions, dataset, key }: LookupQuery): string =>
  `${table} ${dataset ?? ''} ${key.name} ${columns.map((column) => column.name).join()} ${filterOf(conditions)}`;
