import type { Database } from '../hub/platform/database/database.ts';

/** far above the numbers of the rows that were sent */
const apart = 10_000_000;

/**
 * Copies the rows of a dataset's current batch in place, so that there are many at once: as sent they would have to be made, read and checked.
 * @param changed SQL of what a copy has instead of a column's value; `nth` is the number of the copy, from 1
 * @returns takes the copies out
 */
export async function moreRows(
  { owner }: Pick<Database, 'owner'>,
  dataset: string,
  copies: number,
  changed: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const { rows } = await owner.query<{ batch: string }>(
    'SELECT current_batch AS batch FROM dataset WHERE id = $1',
    [dataset],
  );
  const table = `rows."b_${(rows[0]?.batch ?? '').replaceAll('-', '')}"`;
  const { rows: columns } = await owner.query<{ name: string }>(
    'SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped',
    [table],
  );
  const values: Readonly<Record<string, string>> = { _row: `"_row" + ${apart} * nth`, ...changed };
  const names = columns.map(({ name }) => name);
  await owner.query(
    `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')})
     SELECT ${names.map((name) => values[name] ?? `"${name}"`).join(', ')}
       FROM ${table}, generate_series(1, ${copies}) AS nth`,
  );
  await owner.query(`ANALYZE ${table}`);
  return async () => {
    await owner.query(`DELETE FROM ${table} WHERE "_row" >= ${apart}`);
  };
}
