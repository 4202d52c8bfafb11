import { rename } from 'node:fs/promises';
import { toBase64 } from '../../log/base64.ts';
import { acceptOlderOperation } from '../../log/destruction.ts';
import { Problem } from '../../terms/problem.ts';
import { readHead, newestMoment } from './store/head.ts';
import { trustedHead } from './head.ts';
import { highWaterFile, readHighWater } from './highWater.ts';
import { hubDraft } from './hubDraft.ts';
import { rowVersionsFile } from './rowVersions.ts';
import { openAuditLog, type AuditLogOptions } from './openAuditLog.ts';

/**
 * The operator's decision to go on from a database that is older than what was signed (a restored backup). The entries between are
 * lost here; receipts and checkpoints that others keep still name them, and so does the old high-water file, which is set aside
 * beside the new one. The decision is the next entry.
 * @returns entries that the log goes on from
 * @throws Problem restore_refused when nothing is lost; log_inconsistent when the head is not one that this hub made
 */
export async function acceptOlder(options: AuditLogOptions): Promise<{ readonly accepted: number }> {
  const { database, keys, stateDir } = options;
  const known = await readHighWater(stateDir, keys.log.verifiers());
  const head = trustedHead(await readHead(database.app, false), { key: keys.headMac, origin: keys.log.name });
  const { size } = head.tree;
  if (known === undefined || known.size <= size)
    throw new Problem('restore_refused', { reason: 'no entry is lost' });
  const file = highWaterFile(stateDir);
  const aside = file.replace(/\.json$/, `.${known.size}.json`);
  await rename(file, aside);
  const rows = rowVersionsFile(stateDir);
  const rowsAside = rows.replace(/\.json$/, `.${known.size}.json`);
  const hadRows = await rename(rows, rowsAside).then(
    () => true,
    () => false,
  );
  try {
    const log = await openAuditLog(options);
    const change = {
      accepted: size,
      known: known.size,
      knownRoot: toBase64(known.root),
      logKey: keys.log.vkey,
    };
    const draft = hubDraft(acceptOlderOperation, database.now(), change, { bumpsEpoch: true });
    try {
      await log.append(draft);
    } finally {
      await log.close();
    }
  } catch (error) {
    await rename(aside, file); // not logged, not accepted
    if (hadRows) await rename(rowsAside, rows);
    throw error;
  }
  return { accepted: size };
}

/**
 * The operator's decision that the database's clock is right although the newest entries say a later time: it was ahead when they were
 * written. The decision is the next entry; the log's times go on from there.
 * @returns by how many seconds the entries were ahead; 0 when nothing was to be decided
 * @throws Problem as `openAuditLog`
 */
export async function acceptClock(options: AuditLogOptions): Promise<{ readonly ahead: number }> {
  const { database } = options;
  const newest = await newestMoment(database.app);
  const now = database.now();
  const ahead = Math.ceil(Math.max(0, (newest ?? now) - now) / 1000);
  if (ahead === 0) return { ahead };
  const log = await openAuditLog({ ...options, acceptsClock: true });
  try {
    await log.append(hubDraft('acceptClock', database.now(), { ahead }));
  } finally {
    await log.close();
  }
  return { ahead };
}
