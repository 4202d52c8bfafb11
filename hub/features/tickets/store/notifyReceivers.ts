import type { Leaf } from '../../../../log/leaf.ts';
import { rootOf } from '../../../../policies/masks/rows/fieldPath.ts';
import { entriesOfTokens } from '../../../log/store/search.ts';
import { leafOrNone, withLeaves } from '../../../log/store/storedLeaves.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { TicketRow } from './tickets.ts';

/** Number of entries read at once. */
const atOnce = 1_000;

interface Answer {
  readonly id: string;
  readonly consumer: string;
  readonly leaf: Uint8Array;
}

/**
 * Stores the consumers that received the wrong value, each with its exchanges. The field of that subject, or a part of it, was released to
 * them from that dataset. If the ticket names no field, any released data counts. A ticket names a field of the schema, an entry what was
 * granted of it: `contacts[].name`. An entry that was altered so that it cannot be read counts for no consumer.
 * @param tokens of the subject, one a year
 */
export async function notifyReceivers(
  transaction: Reader,
  { id, dataset, field, opener, provider }: TicketRow,
  tokens: readonly Uint8Array[],
): Promise<void> {
  const reported = new Map<string, string[]>();
  const entries = await entriesOfTokens(transaction, tokens);
  for (let at = 0; at < entries.length; at += atOnce) {
    const { rows } = await transaction.query<Answer>(
      `SELECT id, consumer, leaf FROM audit_entry
        WHERE idx = ANY ($1::bigint[]) AND decision = 'allow' AND dataset = $2 AND consumer <> ALL ($3::text[]) ORDER BY idx`,
      [entries.slice(at, at + atOnce), dataset, [opener, provider]],
    );
    for (const { id: exchange, consumer, leaf } of withLeaves(rows)) {
      const content = leafOrNone(leaf);
      if (content === undefined || !brought(content, field)) continue;
      const exchanges = reported.get(consumer);
      if (exchanges === undefined) reported.set(consumer, [exchange]);
      else exchanges.push(exchange);
    }
  }
  for (const [consumer, exchanges] of reported)
    await transaction.query(
      'INSERT INTO ticket_told (ticket, consumer, exchanges) VALUES ($1, $2, $3::uuid[]) ON CONFLICT (ticket, consumer) DO NOTHING',
      [id, consumer, exchanges],
    );
}

/** Whether an answer returned the field. An answer to a fact counts for every field. */
function brought({ kind, rows, fact, fields }: Leaf, field: string | null): boolean {
  if (kind !== 'release' || rows?.delivered === 0) return false;
  return (
    field === null || fact !== undefined || Object.keys(fields ?? {}).some((path) => rootOf(path) === field)
  );
}
