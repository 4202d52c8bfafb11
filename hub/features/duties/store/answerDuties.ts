import type { Reader } from '../../../platform/database/reader.ts';

/**
 * A consumer's statement answers its duties, in the transaction of its entry.
 * @returns false when one of them was answered before
 */
export async function answerDuties(
  transaction: Reader,
  ids: readonly string[],
  statement: string,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `WITH locked AS (SELECT id FROM duty WHERE id = ANY ($1::uuid[]) AND answered_by IS NULL ORDER BY id FOR UPDATE)
     UPDATE duty AS d SET statement = $2, answered_by = $3 FROM locked WHERE d.id = locked.id`,
    [[...ids], statement, exchange],
  );
  return rowCount === ids.length;
}

/** Notes that an overdue duty was told of. @returns false when it was answered or told meanwhile */
export async function noteTold(transaction: Reader, id: string, exchange: string): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'UPDATE duty SET told_by = $2 WHERE id = $1 AND told_by IS NULL AND answered_by IS NULL',
    [id, exchange],
  );
  return rowCount === 1;
}
