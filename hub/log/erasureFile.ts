/**
 * The file outside the database that records erasures, so that a restored older database does not bring erased data back. At the start,
 * before requests are served, each erasure that the database does not record is repeated, with an entry. The file contains entries, places
 * and hashes, and no person. A MAC under a key that is not in the database prevents others from causing erasures through it.
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
import { erasureKind, listDigest, planErasure } from './erasure.ts';
import { startPeriodicWrite, readSealed, writeSealed, type PeriodicFile } from './sealedFile.ts';

export interface StoredErasure {
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
  /** called when the file could not be written */
  readonly onError: (error: unknown) => void;
}

export const erasureFile = (stateDir: string): string => join(stateDir, 'log-erasures.json');

/** The erasures in the file. @param key of the head's MAC @throws Problem log_inconsistent if the file is damaged or another hub's */
export const readErasures = async (stateDir: string, key: KeyObject): Promise<readonly StoredErasure[]> =>
  ((await readSealed({ path: erasureFile(stateDir), name: 'erasures', key })) ??
    []) as readonly StoredErasure[];

/**
 * Repeats the erasures that the database does not record, then updates the file as the database changes.
 * @throws Problem log_inconsistent if the file is damaged or another hub's; log_unavailable
 */
export async function followErasures(services: Following): Promise<PeriodicFile> {
  const { database, key, stateDir } = services;
  const file = { path: erasureFile(stateDir), name: 'erasures', key } as const;
  const stored = await readErasures(stateDir, key);
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
        index,
        hash: toBase64(hash),
        gone,
      }));
      all.push({ id, subject: toBase64(subject), before, rows });
    }
    await writeSealed(file, all);
    written = ids;
  };
  // one write at a time, so that older content never overwrites newer
  let writing: Promise<void> = Promise.resolve();
  const keep = (): Promise<void> => {
    const next = writing.then(write);
    writing = next.catch(() => undefined);
    return next;
  };
  return startPeriodicWrite(keep, services.onError);
}

/** Rows that are missing, or belong to another entry, are skipped. */
async function replay({ database, audit }: Following, stored: StoredErasure): Promise<void> {
  const wanted = new Map(stored.rows.map((row) => [row.index, row]));
  const present = (await subjectsAt(database.app, [...wanted.keys()])).filter(({ index, hash }) =>
    sameHash(hash, fromBase64(wanted.get(index)?.hash ?? '') ?? new Uint8Array()),
  );
  const { list, remaining } = planErasure(
    present,
    ({ index }, _token, position) => wanted.get(index)?.gone.includes(position) === true,
  );
  const now = database.now();
  const exchange = uuid7(now);
  await audit.append(
    entry({
      exchange,
      now,
      operation: 'replayErasure',
      kind: 'management',
      actor: theHub,
      facts: {
        change: { kind: erasureKind, id: stored.id, entries: list.length, erased: listDigest(list) },
      },
      work: async (transaction) => {
        const subject = fromBase64(stored.subject) ?? new Uint8Array();
        const erasure = { id: stored.id, exchange, subject, before: stored.before };
        if (!(await eraseRows(transaction, erasure, list, remaining))) throw new Problem('log_busy');
      },
      carried: undefined,
    }),
  );
}
