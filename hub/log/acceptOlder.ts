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
 * The operator's decision to continue from a database that is older than what was signed (a restored backup). The entries between are lost
 * in this database. Receipts and checkpoints that others store still refer to them. The old high-water file also does; it is renamed next
 * to the new one. The decision is the next entry.
 * @returns number of entries from which the log continues
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
    await rename(aside, file); // without a log entry the decision has no effect
    if (hadRows) await rename(rowsAside, rows);
    throw error;
  }
  return { accepted: size };
}

/**
 * The operator's decision that the database's clock is right although the newest entries have a later time: the clock was ahead when they
 * were written. The decision is the next entry; the log's times continue from there.
 * @returns the seconds by which the entries were ahead; 0 when there was nothing to decide
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
