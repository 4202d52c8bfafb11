import { destructionIn, destructionUnit, type ToldDestruction } from '../../../log/destruction.ts';
import { toBase64 } from '../../../log/base64.ts';
import { entriesOfExchanges } from '../store/entries.ts';
import { destructionsBetween } from '../store/retention.ts';
import { newestCheckpoint, type LogAccess } from '../evidence/logAccess.ts';
import { keptHashes } from './keptHashes.ts';
import { tellingLeaves } from './destroyed.ts';

/** A destroyed unit, with all that a verification on another machine needs. */
export interface ListedDestruction extends Omit<ToldDestruction, 'stays' | 'hashes'> {
  /** indexes of the entries that stay */
  readonly stays: readonly number[];
  /** leaf hashes of the unit, one behind another, base64; absent where they cannot be had any more */
  readonly hashes?: string;
  /** of the entries that tell it and that ordered it; absent where they lie behind the checkpoint */
  readonly index?: number;
  readonly orderIndex?: number;
}

/** Units of one page: 32 KB of hashes each. */
const most = 100;

/** Destroyed units from an entry on, ascending, as entries of the log tell them. @returns `next`: the index to go on from */
export async function listDestroyed(
  access: LogAccess,
  from: number,
): Promise<{ readonly destructions: readonly ListedDestruction[]; readonly next?: number }> {
  const reader = access.database.app;
  const { size } = newestCheckpoint(access);
  const destructions: ListedDestruction[] = [];
  const rows = await destructionsBetween(reader, { from, to: size, width: destructionUnit, most });
  const telling = await tellingLeaves(reader, rows);
  const ids = [...new Set([...telling.keys()].flatMap(({ exchange, order }) => [exchange, order]))];
  const places = new Map(
    (await entriesOfExchanges(reader, ids)).map(({ index, columns }) => [columns.id, index]),
  );
  for (const [row, leaf] of telling) {
    const told = destructionIn(leaf);
    if (told === undefined) continue;
    const kept = await keptHashes(reader, row.first);
    const [index, orderIndex] = [places.get(row.exchange), places.get(row.order)];
    destructions.push({
      ...told,
      stays: row.stays,
      ...(kept === undefined ? {} : { hashes: toBase64(Buffer.concat(kept)) }),
      ...(index === undefined ? {} : { index }),
      ...(orderIndex === undefined ? {} : { orderIndex }),
    });
  }
  const last = rows.length === most ? rows.at(-1) : undefined;
  return { destructions, ...(last === undefined ? {} : { next: last.first + destructionUnit }) };
}
