import type { Layout } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { DeleteWhere } from '../../../domain/intakeRules.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';

/** Counts the differences between two sets of rows, by key. */
export interface RowDifference {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
  /** rows that remove a key which is not stored */
  readonly absent: number;
  /** rows whose value differs, by field; only fields with differences */
  readonly fields: Readonly<Record<string, number>>;
}

/** The tables that are compared by key. */
export interface Compared {
  /** has a primary key */
  readonly layout: Layout;
  readonly now: SqlName;
  /** undefined: no rows are stored yet */
  readonly before: SqlName | undefined;
  /** the rows replace the stored ones: stored rows that are missing from them are removed */
  readonly whole: boolean;
  /** rows of `now` with one of these values remove the row of their key, and do nothing else */
  readonly deleteWhere?: DeleteWhere | undefined;
}

export type DifferenceKind = 'added' | 'removed' | 'changed';

interface Parts {
  readonly joined: string;
  /** SQL condition for joined rows of each kind */
  readonly is: Readonly<Record<DifferenceKind, string>>;
  readonly both: string;
  readonly absent: string;
  /** SQL conditions for differing fields, in the order of `fields` */
  readonly differs: readonly string[];
  readonly fields: readonly string[];
  readonly values: unknown[];
}

function parts({ layout, now, before, whole, deleteWhere }: Compared): Parts {
  const same = layout.key.map(({ name }) => `now.${name} = before.${name}`).join(' AND ');
  const others = layout.columns.filter((column) => !layout.key.includes(column));
  const differs = others.map(({ name, kind }) => {
    const cast = kind === 'json' ? '::text' : '';
    return `now.${name}${cast} IS DISTINCT FROM before.${name}${cast}`;
  });
  const mark = layout.byField.get(deleteWhere?.field ?? '')?.name;
  const gone = mark === undefined ? 'false' : `(now.${mark}::text = ANY($1)) IS TRUE`;
  const both = `now._row IS NOT NULL AND before._row IS NOT NULL AND NOT ${gone}`;
  return {
    joined: `${now} AS now ${whole ? 'FULL' : 'LEFT'} JOIN ${before ?? `(SELECT * FROM ${now} WHERE false)`} AS before ON ${same}`,
    is: {
      added: `before._row IS NULL AND NOT ${gone}`,
      removed: `before._row IS NOT NULL AND (now._row IS NULL OR ${gone})`,
      changed: `${both} AND (${differs.length === 0 ? 'false' : differs.join(' OR ')})`,
    },
    both,
    absent: `before._row IS NULL AND ${gone}`,
    differs,
    fields: others.map(({ field }) => field),
    values: mark === undefined ? [] : [[...(deleteWhere?.is ?? [])]],
  };
}

/** Counted in the database over all rows, however many. */
export async function compareRows(transaction: Transaction, compared: Compared): Promise<RowDifference> {
  const { joined, is, both, absent, differs, fields: names, values } = parts(compared);
  const wholes = [is.added, is.removed, is.changed, both, absent];
  const selected = [...wholes, ...differs.map((one) => `${both} AND ${one}`)];
  const { rows } = await longStatement<Record<string, string>>(
    transaction,
    `SELECT ${selected.map((one, i) => `count(*) FILTER (WHERE ${one}) AS x${i}`).join(', ')} FROM ${joined}`,
    values,
  );
  const count = (i: number): number => Number(rows[0]?.[`x${i}`] ?? 0);
  const fields = names.flatMap((field, i): [string, number][] =>
    count(i + wholes.length) === 0 ? [] : [[field, count(i + wholes.length)]],
  );
  return {
    added: count(0),
    removed: count(1),
    changed: count(2),
    unchanged: count(3) - count(2),
    absent: count(4),
    fields: Object.fromEntries(fields),
  };
}

/**
 * `_row` of the first rows of a kind, ascending: of the incoming rows, or of the stored rows for those that a whole batch removes.
 * @param maxRows maximum number of rows
 */
export async function differingRows(
  transaction: Transaction,
  compared: Compared,
  kind: DifferenceKind,
  maxRows: number,
): Promise<readonly number[]> {
  const { joined, is, values } = parts(compared);
  const row = kind === 'removed' && compared.whole ? 'before._row' : 'now._row';
  const { rows } = await longStatement<{ row: string }>(
    transaction,
    `SELECT ${row}::text AS row FROM ${joined} WHERE ${is[kind]} ORDER BY ${row} LIMIT ${maxRows}`,
    values,
  );
  return rows.map((one) => Number(one.row));
}
