import type { Reader } from '../../../platform/database/reader.ts';

/** Stores a department's assertion, once. @returns false when its id was used before */
export async function takeAssertion(
  transaction: Reader,
  taken: {
    readonly department: string;
    readonly id: string;
    readonly jws: string;
    readonly exchange: string;
  },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `INSERT INTO subject_assertion (department, id, jws, exchange) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [taken.department, taken.id, taken.jws, taken.exchange],
  );
  return rowCount === 1;
}
