/** Synthetic rows of twins, in separate tables that only hub/flows/release/sandbox reads. */
import type { Reader } from '../../../../platform/database/reader.ts';
import type { Transaction } from '../../../../platform/database/transaction.ts';

export type TwinRecord = Readonly<Record<string, unknown>>;

/** The rows of a dataset's twin in their order. @returns undefined where it was not created, or was created from other inputs */
export async function twinRows(
  reader: Reader,
  dataset: string,
  madeOf: string,
): Promise<readonly TwinRecord[] | undefined> {
  const { rows } = await reader.query<{ record: string }>(
    `SELECT r.record::text AS record FROM twin AS t JOIN twin_row AS r ON r.dataset = t.dataset
      WHERE t.dataset = $1 AND t.made_of = $2 ORDER BY r.place`,
    [dataset, madeOf],
  );
  return rows.length === 0 ? undefined : rows.map(({ record }) => JSON.parse(record) as TwinRecord);
}

/** Replaces the stored rows. Two concurrent processes write one after the other. */
export async function replaceTwin(
  transaction: Transaction,
  { dataset, madeOf, records }: { dataset: string; madeOf: string; records: readonly TwinRecord[] },
): Promise<void> {
  await transaction.query(
    `INSERT INTO twin (dataset, made_of) VALUES ($1, $2)
     ON CONFLICT (dataset) DO UPDATE SET made_of = EXCLUDED.made_of, made_at = now()`,
    [dataset, madeOf],
  );
  await transaction.query('DELETE FROM twin_row WHERE dataset = $1', [dataset]);
  await transaction.query(
    `INSERT INTO twin_row (dataset, place, record)
     SELECT $1, made.place, made.record::json FROM unnest($2::text[]) WITH ORDINALITY AS made(record, place)`,
    [dataset, records.map((record) => JSON.stringify(record))],
  );
}

/** Deletes the twin of a retired dataset. */
export async function dropTwin(reader: Reader, dataset: string): Promise<void> {
  await reader.query('DELETE FROM twin WHERE dataset = $1', [dataset]);
}
