/**
 * The file outside the database that records which entries of the log were destroyed, because a restored older database still has them. At
 * the start, before requests are served, each unit that the database does not record as destroyed is destroyed again, with its own entry.
 * The file contains indexes and digests, and no content of entries.
 */
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { toBase64 } from '../../../log/base64.ts';
import { destructionUnit } from '../../../log/destruction.ts';
import { destructionsBetween, type DestructionRow } from '../store/retention.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { AuditLog } from '../draft.ts';
import type { LogAccess } from '../evidence/logAccess.ts';
import { startPeriodicWrite, readSealed, writeSealed, type PeriodicFile } from '../sealedFile.ts';
import { recordingLeaf } from './destroyed.ts';
import { storedHashes } from './provenLeaves.ts';
import { replayDestruction, type StoredDestruction } from './replayDestruction.ts';

interface Following {
  readonly database: Pick<Database, 'app' | 'now'>;
  readonly audit: LogAccess['audit'] & Pick<AuditLog, 'append'>;
  readonly keys: LogAccess['keys'] & { readonly headMac: KeyObject };
  readonly stateDir: string;
  /** called when the file could not be written */
  readonly onError: (error: unknown) => void;
}

export const destructionFile = (stateDir: string): string => join(stateDir, 'log-destructions.json');

/** The destructions in the file. @param key of the head's MAC @throws Problem log_inconsistent if the file is damaged or another hub's */
export const readDestructions = async (
  stateDir: string,
  key: KeyObject,
): Promise<readonly StoredDestruction[]> =>
  ((await readSealed({ path: destructionFile(stateDir), name: 'destructions', key })) ??
    []) as readonly StoredDestruction[];

/**
 * Repeats the destructions that the database does not record, then updates the file as the database changes.
 * @throws Problem log_inconsistent if the file is damaged or another hub's, or if destroyed entries are present and cannot be destroyed
 *   again; log_unavailable
 */
export async function followDestructions(services: Following): Promise<PeriodicFile> {
  const { app } = services.database;
  const path = destructionFile(services.stateDir);
  const file = { path, name: 'destructions', key: services.keys.headMac } as const;
  const read = await readDestructions(services.stateDir, services.keys.headMac);
  const known = new Set((await allDestructions(app)).map(({ id }) => id));
  for (const stored of read) if (!known.has(stored.id)) await replayDestruction(services, stored);
  // destructions that this database has never reached remain in the file: another database may be restored
  const all = new Map(read.map((stored) => [stored.id, stored]));
  let written = '';
  const keep = async (): Promise<void> => {
    const rows = await allDestructions(app);
    for (const row of rows) {
      if (all.get(row.id)?.exchange === row.exchange) continue;
      const stored = await storedOf(app, row);
      if (stored !== undefined) all.set(row.id, stored);
    }
    const ids = [...all.values()].map(({ exchange }) => exchange).join();
    if (ids === written) return;
    await writeSealed(file, [...all.values()]);
    written = ids;
  };
  return startPeriodicWrite(keep, services.onError);
}

const allDestructions = (reader: Reader): Promise<DestructionRow[]> =>
  destructionsBetween(reader, { from: 0, to: Number.MAX_SAFE_INTEGER, width: destructionUnit });

/** A row that no entry records is ignored. */
async function storedOf(reader: Reader, row: DestructionRow): Promise<StoredDestruction | undefined> {
  const { change } = (await recordingLeaf(reader, row)) ?? {};
  const [head] = (await storedHashes(reader, row.first)) ?? [];
  if (change === undefined || head === undefined) return undefined;
  const { id, exchange, first, stays } = row;
  return { id, exchange, first, stays, head: toBase64(head), change };
}
