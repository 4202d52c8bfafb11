/**
 * The file outside the database that says what was erased, so that a restored older database does not bring it back: at the start, before
 * anything is served, each erasure that the database does not know is done again, with an entry. It names entries, places and hashes, no
 * person; a MAC under a key that is not in the database keeps others from having anything erased by it.
 */
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { fromBase64, toBase64 } from '../../log/base64.ts';
import { sameHash } from '../../log/hash.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { Problem } from '../../terms/problem.ts';
import { eraseRows, erasedRows, listErasures, subjectsAt } from './store/erasures.ts';
import type { Database } from '../platform/database/database.ts';
import { type AuditLog, theHub } from './draft.ts';
import { entry } from './entry.ts';
import { erasing, erasureKind, listDigest } from './erasure.ts';
import { storeByTime, readSealed, writeSealed, type StoredFile } from './sealedFile.ts';

interface StoredErasure {
  readonly id: string;
  /** base64 */
  readonly subject: string;
  /** Unix milliseconds */
  readonly before: number;
  readonly rows: readonly {
    readonly index: number;
    readonly hash: string;
    readonly gone: readonly number[];
  }[];
}

interface Following {
  readonly database: Pick<Database, 'app' | 'now'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly key: KeyObject;
  readonly stateDir: string;
  /** told when the file could not be written */
  readonly onError: (error: unknown) => void;
}

export const erasureFile = (stateDir: string): string => join(stateDir, 'log-erasures.json');

/**
 * Does again what the database does not know, then keeps the file.
 * @throws Problem log_inconsistent where the file was damaged or is another hub's; log_unavailable
 */
export async function followErasures(services: Following): Promise<StoredFile> {
  const { database, key, stateDir } = services;
  const file = { path: erasureFile(stateDir), name: 'erasures', key } as const;
  const stored = ((await readSealed(file)) ?? []) as readonly StoredErasure[];
  const known = new Set((await listErasures(database.app)).map(({ id }) => id));
  for (const erasure of stored) if (!known.has(erasure.id)) await replay(services, erasure);
  let written = '';
  const write = async (): Promise<void> => {
    const erasures = await listErasures(database.app);
    const ids = erasures.map(({ id }) => id).join();
    if (ids === written) return;
    const all: StoredErasure[] = [];
    for (const { id, subject, before } of erasures) {
      const rows = (await erasedRows(database.app, id)).map(({ index, hash, gone }) => ({
        ...{ index, hash: toBase64(hash), gone },
      }));
      all.push({ id, subject: toBase64(subject), before, rows });
    }
    await writeSealed(file, all);
    written = ids;
  };
  // one at a time: what was read first is not written last
  let writing: Promise<void> = Promise.resolve();
  const keep = (): Promise<void> => {
    const next = writing.then(write);
    writing = next.catch(() => undefined);
    return next;
  };
  return storeByTime(keep, services.onError);
}

/** Rows that are not there, or beside another entry, are passed by. */
async function replay({ database, audit }: Following, stored: StoredErasure): Promise<void> {
  const wanted = new Map(stored.rows.map((row) => [row.index, row]));
  const there = (await subjectsAt(database.app, [...wanted.keys()])).filter(({ index, hash }) =>
    sameHash(hash, fromBase64(wanted.get(index)?.hash ?? '') ?? new Uint8Array()),
  );
  const { list, stay } = erasing(
    there,
    ({ index }, _token, place) => wanted.get(index)?.gone.includes(place) === true,
  );
  const now = database.now();
  const exchange = uuid7(now);
  await audit.append(
    entry({
      ...{ exchange, now, operation: 'replayErasure', kind: 'management', actor: theHub },
      facts: {
        change: { kind: erasureKind, id: stored.id, entries: list.length, erased: listDigest(list) },
      },
      work: async (transaction) => {
        const subject = fromBase64(stored.subject) ?? new Uint8Array();
        const erasure = { id: stored.id, exchange, subject, before: stored.before };
        if (!(await eraseRows(transaction, erasure, list, stay))) throw new Problem('log_busy');
      },
      carried: undefined,
    }),
  );
}
