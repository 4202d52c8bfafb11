/**
 * Conditions of a question in the SQL of a department's database. They find every row that the hub would: numbers as numbers, texts by
 * their bytes. The hub drops surplus rows (the database's equality may ignore case). A condition that the database cannot answer exactly is
 * refused.
 */
import { ownValue, type Bind, type Dialect, type SourceColumn } from '../../../machine/sources/sqlSource.ts';
import { meetsCondition } from '../../../policies/meetsCondition.ts';
import type { SchemaField } from '../../../schemas/datasetSchema.ts';
import { compareDecimal, parseDecimal } from '../../../terms/decimal.ts';
import type { LiveAsk } from '../../sdk/liveConnection.ts';

const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
const noRow = '1 = 0';
/** as PostgreSQL, JSON and numbers of one digit have them */
export const truths: ReadonlyMap<string, boolean> = new Map([
  ...(['t', 'true', '1'] as const).map((text) => [text, true] as const),
  ...(['f', 'false', '0'] as const).map((text) => [text, false] as const),
]);

type Condition = LiveAsk['filter'][number];

/** @param place of the column, in its own encoding or in a wider one. @throws Error for a condition that cannot be answered exactly */
export function sqlCondition(
  { bytes }: Dialect,
  column: SourceColumn,
  place: 'place' | 'wide',
  field: SchemaField,
  condition: Condition,
): (bind: Bind) => string {
  const { op, value } = condition;
  const wanted: readonly unknown[] = op === 'in' && Array.isArray(value) ? value : [value];
  if (field.type === 'boolean') {
    const texts = [...truths].filter(([, truth]) => meetsCondition(condition, field, truth));
    return (bind) =>
      among(
        column.bytes,
        texts.map(([text]) => bytes(text, bind)),
      );
  }
  const isNumber = field.type !== 'string' || field.format === 'decimal';
  if (op === 'range') {
    const bounds = Object(value) as Readonly<Record<string, unknown>>;
    const requested = Object.entries(comparisons).filter(([bound]) => bounds[bound] !== undefined);
    if (isNumber) for (const [bound] of requested) refuseInexact(column, field, bounds[bound]);
    const native = isNumber || requested.every(([bound]) => column.sortsAsText(String(bounds[bound])));
    return (bind) =>
      requested.length === 0
        ? '1 = 1'
        : requested
            .map(([bound, sign]) =>
              native
                ? `${column[place]} ${sign} ${ownValue(column, String(bounds[bound]), bind)}`
                : `${column.bytes} ${sign} ${bytes(String(bounds[bound]), bind)}`,
            )
            .join(' AND ');
  }
  if (isNumber) for (const one of wanted) refuseInexact(column, field, one);
  return (bind) => {
    const bound = wanted.map((one) => column.bound(one, bind));
    return among(
      column[place],
      bound.filter((one) => one !== undefined),
    );
  };
}

const among = (place: string, values: readonly string[]): string =>
  values.length === 0 ? noRow : `${place} IN (${values.join(', ')})`;

/** A text is in no order of numbers, and a float is no fixed-point number. @throws Error */
function refuseInexact(column: SourceColumn, field: SchemaField, value: unknown): void {
  const reported = (why: string): Error =>
    new Error(`${column.name} cannot answer for ${field.name} exactly: ${why}`);
  if (column.sort === 'other') throw reported('it is no column of numbers; CAST it to one in the query');
  if (column.sort === 'number') return;
  const requested = parseDecimal(String(value));
  const held = parseDecimal(String(Number(value)));
  if (requested === undefined || held === undefined || compareDecimal(requested, held) !== 0)
    throw reported('it is floating point, which lacks digits of what is asked for');
}
