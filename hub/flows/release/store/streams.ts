import { firstSealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Kinds of connections that stay open longer than a call: rows streamed to a consumer, or a provider's connection. */
export type OpenKind = 'stream' | 'connector';

export interface OpenedStream {
  /** the exchange that opens it */
  readonly id: string;
  readonly kind: OpenKind;
  readonly department: string;
  /** the facts of the exchange for its entries */
  readonly facts: object;
  readonly leaseSeconds: number;
}

/** How many may be open at once, this one included. */
interface OpenLimits {
  /** of one kind and department */
  readonly maxOfDepartment: number;
  /** of one counter; `max` is absent where the agreement sets no limit, but the stream is counted, as a later version may set one */
  readonly together?: { readonly counter: string; readonly max: number | undefined };
}

/**
 * Runs in the transaction of the log entry. Entries are written one at a time, so two concurrent calls cannot both get the last place.
 * @returns the limit that is already reached; nothing is written then
 */
export async function openStream(
  transaction: Transaction,
  { id, kind, department, facts, leaseSeconds }: OpenedStream,
  { maxOfDepartment, together }: OpenLimits,
): Promise<number | undefined> {
  const counter = together?.counter ?? null;
  const { rows } = await transaction.query<{ own: string; counted: string }>(
    `SELECT count(*) FILTER (WHERE department = $1) AS own, count(*) FILTER (WHERE counter = $2) AS counted
       FROM release_stream WHERE kind = $3 AND lease_until > now()`,
    [department, counter, kind],
  );
  if (Number(rows[0]?.own) >= maxOfDepartment) return maxOfDepartment;
  const max = together?.max;
  if (max !== undefined && Number(rows[0]?.counted) >= max) return max;
  await transaction.query(
    `INSERT INTO release_stream (id, department, facts, lease_until, kind, counter)
     VALUES ($1, $2, $3, now() + make_interval(secs => $4), $5, $6)`,
    [id, department, JSON.stringify(facts), leaseSeconds, kind, counter],
  );
  return undefined;
}

/** @param onlyAbandoned closes only a stream with an expired lease. @returns whether this call closed it */
export async function closeStream(
  transaction: Transaction,
  id: string,
  { onlyAbandoned }: { readonly onlyAbandoned: boolean },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'DELETE FROM release_stream WHERE id = $1 AND (NOT $2 OR lease_until < now())',
    [id, onlyAbandoned],
  );
  return rowCount === 1;
}

export interface AbandonedStream {
  readonly id: string;
  readonly kind: OpenKind;
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * Streams and connections with an expired lease, the oldest first. A row without a valid seal is left out, because its facts would enter
 * the log as the hub's own.
 */
export const abandonedStreams = (reader: Reader, maxRows: number): Promise<readonly AbandonedStream[]> =>
  firstSealedRows<AbandonedStream>(
    reader,
    'release_stream',
    'SELECT id, kind, facts FROM release_stream WHERE lease_until < now() ORDER BY lease_until, id',
    [],
    maxRows,
  );

/** Renews the leases of the streams and connections of this process. */
export async function renewStreamLeases(
  reader: Reader,
  ids: readonly string[],
  leaseSeconds: number,
): Promise<void> {
  await reader.query(
    'UPDATE release_stream SET lease_until = now() + make_interval(secs => $2) WHERE id = ANY ($1::uuid[])',
    [ids, leaseSeconds],
  );
}
