import { comparedTable } from '../../../platform/database/authenticated/comparedTable.ts';
import {
  keyedRows,
  unaltered,
  type SealedValues,
} from '../../../platform/database/authenticated/keyedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/**
 * Number of persons whose data were deleted from a batch's dataset at their request after it was begun. A later batch deleted them, a
 * former one that was current after this one did, or the provider stated it later. Only sealed columns decide: moments of publication are
 * not sealed. All rows come from the statements that compared them: another one could wait for a lock of an administrator, who alters them
 * in between.
 * @throws Problem rows_unauthenticated where a ticket or one of these batches was altered or deleted past the hub
 */
export async function deletedSince(reader: Reader, batch: string): Promise<number> {
  const own = (await batchesBy(reader, [batch])).get(batch);
  if (own === undefined) return 0;
  const { dataset, opened_at: begun, superseded_at: superseded = null } = own;
  const deletions = await comparedTable(
    reader,
    'ticket',
    (ticket) =>
      ticket['dataset'] === dataset && ticket['wish'] === 'deletion' && ticket['state'] === 'mended',
  );
  const others = await batchesBy(
    reader,
    deletions.flatMap((ticket) => ticket['batch'] ?? []),
  );
  const later = deletions.filter(({ batch: by = null, answered_at: answered }) => {
    if (by === null) return isAfter(answered, begun);
    const end = others.get(by)?.['superseded_at'] ?? null;
    return by > batch || (superseded !== null && (end === null || isAfter(end, superseded)));
  });
  return new Set(later.map(({ subject }) => subject)).size;
}

async function batchesBy(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, SealedValues>> {
  const named = [...new Set(ids)];
  const rows = await keyedRows(
    reader,
    'batch',
    named.map((id) => [id]),
  );
  const found = new Map<string, SealedValues>();
  for (const [nth, row] of rows.entries()) {
    const values = unaltered(row, 'batch');
    if (values !== undefined) found.set(named[nth] ?? '', values);
  }
  return found;
}

/** @param one and `other` moments as PostgreSQL writes them in JSON; null: none */
function isAfter(one: string | null | undefined, other: string | null | undefined): boolean {
  const [a, b] = [one ?? null, other ?? null].map((text) => text && microseconds(text));
  return typeof a === 'bigint' && typeof b === 'bigint' && a > b;
}

function microseconds(text: string): bigint {
  const [, fraction = ''] = /\.(\d+)/.exec(text) ?? [];
  const seconds = Date.parse(text.replace(/\.\d+/, '')) / 1000;
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}
