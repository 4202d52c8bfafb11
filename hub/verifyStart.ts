/**
 * What must hold before a hub starts on a database: the start and `serve --check` both run it. It writes nothing (opening the
 * database creates missing roles and their settings), so that it can also run
 * while other processes of the hub serve.
 */
import { agreeOnAuthorities, refuseEnded } from './identity/directory/authorities.ts';
import { verifyKeys } from './log/agreedKeys.ts';
import { readErasures } from './log/erasureFile.ts';
import { stateFolders } from './log/highWater.ts';
import { verifyLog } from './log/openAuditLog.ts';
import { readDestructions } from './log/retention/destructionFile.ts';
import type { HubConfig } from './platform/config/hubConfig.ts';
import type { Database } from './platform/database/database.ts';
import { unavailable } from './platform/database/failure.ts';
import type { HubKeys } from './platform/keys/hubKeys.ts';
import { Problem } from '../terms/problem.ts';

interface Starting {
  readonly config: Pick<HubConfig, 'stateDir'>;
  readonly database: Database;
  /** opened with `readOnly` by a check: a key folder is not changed */
  readonly keys: HubKeys;
  /** false: migrations are pending, so triggers and functions are those of an earlier release */
  readonly isMigrated: boolean;
}

/** What a start without a record in its state folder logs. */
export const withoutRecord =
  'log-high-water.json is missing: this process takes the log of the database as it is';

/**
 * @throws Problem log_behind, clock_behind_log, log_inconsistent, state_of_other_hub, keys_differ, keys_missing, authority_ended,
 * authority_foreign, authority_unsuitable; database_unavailable
 * @returns isRecorded: false where the state folder has no record of a log that has entries, so that lost entries would not be noticed
 */
export async function verifyStart({
  config,
  database,
  keys,
  isMigrated,
}: Starting): Promise<{ readonly isRecorded: boolean }> {
  const { stateDir } = config;
  const now = database.now();
  try {
    const audit = await verifyLog({ database, keys, stateDir, hasGuards: isMigrated });
    await verifyKeys(database.app, keys, now);
    await readErasures(stateDir, keys.headMac);
    await readDestructions(stateDir, keys.headMac);
    await agreeOnAuthorities({ database, keys, audit }, now);
    refuseEnded(keys.authority, now);
    // each worker has a separate record, and does not start on a database that does not continue it
    for (const folder of (await stateFolders(stateDir)).slice(1))
      await verifyLog({ database, keys, stateDir: folder, hasGuards: false });
    const { known, accepted } = audit;
    return { isRecorded: known !== undefined || accepted !== undefined || audit.signedTree().size === 0 };
  } catch (error) {
    throw error instanceof Problem ? error : unavailable(error);
  }
}
