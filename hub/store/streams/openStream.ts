import type { Transaction } from '../database/transaction.ts';

export interface OpenedStream {
  /** the exchange that opens it */
  readonly id: string;
  readonly department: string;
  /** what its entries say of the exchange */
  readonly facts: object;
  readonly leaseSeconds: number;
}

/** @param most streams that one department may have open @returns false where it has so many: nothing is written */
export async function openStream(
  transaction: Transaction,
  { id, department, facts, leaseSeconds }: OpenedStream,
  most: number,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `INSERT INTO release_stream (id, department, facts, lease_until)
     SELECT $1, $2, $3, now() + make_interval(secs => $4)
      WHERE (SELECT count(*) FROM release_stream WHERE department = $2 AND lease_until > now()) < $5`,
    [id, department, JSON.stringify(facts), leaseSeconds, most],
  );
  return rowCount === 1;
}
