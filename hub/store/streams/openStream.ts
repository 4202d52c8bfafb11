import type { Transaction } from '../database/transaction.ts';

/** What is open for longer than a call: rows on their way to a consumer, or a provider's connection. */
export type OpenKind = 'stream' | 'connector';

export interface OpenedStream {
  /** the exchange that opens it */
  readonly id: string;
  readonly kind: OpenKind;
  readonly department: string;
  /** what its entries say of the exchange */
  readonly facts: object;
  readonly leaseSeconds: number;
}

/** @param most of its kind that one department may have open @returns false where it has so many: nothing is written */
export async function openStream(
  transaction: Transaction,
  { id, kind, department, facts, leaseSeconds }: OpenedStream,
  most: number,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `INSERT INTO release_stream (id, department, facts, lease_until, kind)
     SELECT $1, $2, $3, now() + make_interval(secs => $4), $6
      WHERE (SELECT count(*) FROM release_stream WHERE department = $2 AND kind = $6 AND lease_until > now()) < $5`,
    [id, department, JSON.stringify(facts), leaseSeconds, most, kind],
  );
  return rowCount === 1;
}
