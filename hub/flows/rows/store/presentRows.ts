/** Finds the rows with given keys that exist and satisfy the conditions. Used by the feed of changes. */
import type { RowCondition } from '../../../../policies/decision.ts';
import type { Column, Layout } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Statements } from '../../../platform/database/untilAborted.ts';
import { keyCasts } from './byKey.ts';
import { exactTypes } from './tables.ts';
import { conditionSql, type FetchedRow } from './fetch.ts';

export interface KeyedQuery {
  readonly table: SqlName;
  readonly layout: Layout;
  readonly columns: readonly Column[];
  readonly conditions: readonly RowCondition[];
}

/** A key's values, in the order of the layout's key columns. */
export type KeyValues = readonly (string | number | boolean)[];

/** @returns the rows by the position of their key */
export async function presentRows(
  reader: Statements,
  { table, layout, columns, conditions }: KeyedQuery,
  keys: readonly KeyValues[],
): Promise<ReadonlyMap<number, FetchedRow>> {
  const values: unknown[] = layout.key.map((_, i) => keys.map((key) => String(key[i])));
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const where = conditions.map((condition) => conditionSql(layout, condition, bind));
  const named = `unnest(${layout.key.map((_, i) => `$${i + 1}::text[]`).join(', ')}) WITH ORDINALITY AS named(${layout.key.map((_, i) => `k${i}`).join(', ')}, nth)`;
  const same = layout.key.map(({ name, kind }, i) => `stored.${name} = named.k${i}::${keyCasts[kind]}`);
  const selected = ['named.nth', ...columns.map(({ name }) => `stored.${name}`), '_row', '_subject'];
  const { rows } = await reader.query<unknown[]>({
    text: `SELECT ${selected.map((one, i) => `${one} AS x${i}`).join(', ')} FROM ${named} JOIN ${table} AS stored ON ${same.join(' AND ')}${
      where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`
    }`,
    values,
    rowMode: 'array',
    types: exactTypes,
  });
  return new Map(
    rows.map((cells) => {
      const record = Object.fromEntries(
        columns.flatMap(({ field, nullable }, i) => {
          const value = cells[i + 1];
          return value === null && !nullable ? [] : [[field, value]];
        }),
      );
      const subject = cells[columns.length + 2];
      const row: FetchedRow = {
        record,
        subject: subject instanceof Uint8Array ? subject : undefined,
        position: { values: [], row: Number(cells[columns.length + 1]) },
      };
      return [Number(cells[0]) - 1, row];
    }),
  );
}
