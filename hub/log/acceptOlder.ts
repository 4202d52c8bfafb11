import { toBase64 } from '../../log/base64.ts';
import { acceptOlderOperation } from '../../log/destruction.ts';
import { Problem } from '../../terms/problem.ts';
import { newestMoment } from './store/head.ts';
import { backUpLostState, backUpRowVersions, newestHighWater, stateFolders } from './highWater.ts';
import { hubDraft } from './hubDraft.ts';
import { openAuditLog, verifyLog, type AuditLogOptions } from './openAuditLog.ts';

/**
 * The operator's decision to continue from a database that is older than what was signed (a restored backup, or a standby that lagged). The
 * entries between are lost in this database. Receipts and checkpoints that others store still refer to them. The old high-water file also
 * does; a copy remains next to the new one. The decision is the next entry. Other processes of the hub that had recorded no more entries
 * than those of this machine continue under the same decision: its workers do, because the newest record of all counts.
 * @param options.isUnrecorded the database was restored where no high-water file is: how many entries are lost is unknown
 * @param options.disown gives up what the hub that signed the lost entries may still use; done before the decision is logged
 * @returns number of entries from which the log continues
 * @throws Problem restore_refused when nothing is lost; log_inconsistent when the head is not one that this hub made
 */
export async function acceptOlder(
  options: AuditLogOptions & {
    readonly isUnrecorded?: boolean;
    readonly disown?: () => Promise<void>;
  },
): Promise<{ readonly accepted: number }> {
  const { database, keys, stateDir } = options;
  const recorded = await newestHighWater(stateDir, keys.log.verifiers());
  const restored =
    recorded === undefined && options.isUnrecorded === true
      ? (await verifyLog(options)).signedTree()
      : undefined;
  const known = recorded ?? restored;
  const accepted = restored === undefined ? await lostFrom(options) : restored.size;
  if (accepted === undefined || known === undefined || known.size === 0)
    throw new Problem('restore_refused', { reason: 'no entry is lost' });
  const folders = await stateFolders(stateDir);
  const restores: (() => Promise<void>)[] = [];
  try {
    restores.push(await backUpLostState(stateDir, known.size));
    // the other processes of this machine may have seen newer rows without appending entries
    for (const folder of folders.slice(1)) restores.push(await backUpRowVersions(folder, known.size));
    await options.disown?.();
    const log = await openAuditLog({ ...options, acceptsOlder: true });
    const change = {
      accepted,
      known: known.size,
      knownRoot: toBase64(known.root),
      logKey: keys.log.vkey,
      // a process that recorded more entries than these still decides for itself
      ...(restored === undefined ? {} : { recorded: false }),
    };
    const draft = hubDraft(acceptOlderOperation, database.now(), change, { bumpsEpoch: true });
    try {
      await log.append(draft);
    } finally {
      await log.close();
    }
  } catch (error) {
    // without a log entry the decision has no effect
    for (const restore of restores) await restore().catch(() => undefined);
    throw error;
  }
  return { accepted };
}

/** The number of entries that the log shares with what the processes of this machine have recorded; undefined if it continues that. */
async function lostFrom(options: AuditLogOptions): Promise<number | undefined> {
  let least: number | undefined;
  for (const stateDir of await stateFolders(options.stateDir)) {
    try {
      await verifyLog({ ...options, stateDir });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'log_behind') throw error;
      least = Math.min(least ?? Infinity, Number(error.facts['size']));
    }
  }
  return least;
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
