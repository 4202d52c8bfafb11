import type { Layout } from '../../domain/rowTable/layout.ts';
import type { SqlName } from '../../domain/rowTable/names.ts';
import type { Reader } from '../database/reader.ts';

/** How rows differ from others by their keys, in numbers. */
export interface RowDifference {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** rows whose value of it differs, by field; only fields that do */
  readonly fields: Readonly<Record<string, number>>;
}

/** @param whole the rows replace the others: those that are left out are removed @param layout has a primary key */
export async function compareRows(
  reader: Reader,
  layout: Layout,
  now: SqlName,
  before: SqlName,
  whole: boolean,
): Promise<RowDifference> {
  const same = layout.key.map(({ name }) => `now.${name} = before.${name}`).join(' AND ');
  const compared = layout.columns.filter((column) => !layout.key.includes(column));
  const differs = compared.map(({ name, kind }) => {
    const cast = kind === 'json' ? '::text' : '';
    return `now.${name}${cast} IS DISTINCT FROM before.${name}${cast}`;
  });
  const both = 'now._row IS NOT NULL AND before._row IS NOT NULL';
  const selected = [
    'count(*) FILTER (WHERE before._row IS NULL)',
    'count(*) FILTER (WHERE now._row IS NULL)',
    `count(*) FILTER (WHERE ${both} AND (${differs.length === 0 ? 'false' : differs.join(' OR ')}))`,
    ...differs.map((one) => `count(*) FILTER (WHERE ${both} AND ${one})`),
  ];
  const { rows } = await reader.query<Record<string, string>>(
    `SELECT ${selected.map((one, i) => `${one} AS x${i}`).join(', ')}
       FROM ${now} AS now ${whole ? 'FULL' : 'LEFT'} JOIN ${before} AS before ON ${same}`,
  );
  const count = (i: number): number => Number(rows[0]?.[`x${i}`] ?? 0);
  const fields = compared.flatMap(({ field }, i): [string, number][] =>
    count(i + 3) === 0 ? [] : [[field, count(i + 3)]],
  );
  return { added: count(0), removed: count(1), changed: count(2), fields: Object.fromEntries(fields) };
}
