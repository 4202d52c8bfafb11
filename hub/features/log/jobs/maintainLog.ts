import { deriveTiles as derive } from '../../../log/deriveTiles.ts';
import type { OpenedAuditLog } from '../../../log/openAuditLog.ts';
import { ensurePartitions } from '../../../log/store/partitions.ts';
import type { Database, Pool } from '../../../platform/database/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { forgetQuotas as forget } from '../../../log/store/quotas.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { listLife } from '../../../domain/lifeCycle.ts';
import { forgetSealed } from '../../../log/store/sealedSubjects.ts';
import { mergeTokens as merge, summarizeEntries } from '../../../log/store/mergeTokens.ts';
import { followRotations, parseRotation, signRotation } from '../../../../log/note/keyRotation.ts';
import { parseVkey } from '../../../../log/note/noteKey.ts';
import type { HubKeys } from '../../../platform/keys/hubKeys.ts';
import { acceptedLogKeys, storeRotation } from '../../../log/store/logKeys.ts';

/** Hash tiles as entries come, so that no caller waits for them; and partitions ahead of the entries. */
export const deriveTiles = (database: Database, audit: Pick<OpenedAuditLog, 'size'>): Job => ({
  name: 'deriveTiles',
  every: 5_000,
  lease: 60_000,
  run: async () => {
    await ensurePartitions(database.owner, audit.size());
    await derive(database.app, audit.size());
    return {};
  },
});

const hour = 3_600_000;

/** Days that counters stay: whoever asks why a call was refused yesterday is still answered. */
const stored = 7 * 24 * hour;

/** Counters of days that are over go, and with them the tokens of whom facts were asked about. */
export const forgetQuotas = (reader: Reader): Job => ({
  name: 'forgetQuotas',
  every: hour,
  lease: 60_000,
  run: async (run) => {
    await forget(reader, dayInChina(run.now() - stored));
    return {};
  },
});

/** Sealed lists of whom incidents concern go when their time is over, or when they were refused. */
export const forgetSealedLists = (reader: Reader): Job => ({
  name: 'forgetSealedLists',
  every: 3_600_000,
  lease: 60_000,
  run: async (run) => {
    await forgetSealed(reader, run.now() - listLife);
    return {};
  },
});

/**
 * Tokens that are new in the log go into their index before whoever appends has to put them there; a search reads those that are new one
 * after the other. And which entries they are of is noted before whoever follows the log asks for some.
 * @param owner the index is its own
 */
export function mergeTokens(owner: Pool): Job {
  /** what lies below is noted already, as far as this process knows */
  let noted = 0;
  return {
    name: 'mergeTokens',
    every: 5_000,
    lease: 60_000,
    run: async () => {
      await merge(owner);
      noted = await summarizeEntries(owner, noted);
      return {};
    },
  };
}

/* The log changes its key, once two persons want it: old and new sign a statement, which one entry holds and every process follows. */

/** A run of a process that does not have the new key fails, and says which file is to be copied here. */
export const rotateLogKey = (database: Pick<Database, 'app'>, { log }: Pick<HubKeys, 'log'>): Job => ({
  name: 'rotateLogKey',
  every: 10_000,
  lease: 60_000,
  run: async (run) => {
    const [order] = await acceptedLogKeys(database.app);
    if (order === undefined) return {};
    const next = log.heldKey(parseVkey(order.next));
    let statement = '';
    let exchange = '';
    await run.act({
      change: order,
      // the tree that holds this entry is the first that the new key signs
      placed: (leaf, index) => {
        statement = signRotation(log, next, index + 1);
        // a key that was in use before does not come back
        followRotations(log.verifiers(), [statement]);
        exchange = leaf.id;
        return { ...leaf, change: { ...leaf.change, old: log.vkey, size: index + 1, statement } };
      },
      confirm: (transaction) => storeRotation(transaction, { ...parseRotation(statement), exchange }),
      bumpsEpoch: true,
    });
    return { more: true };
  },
});
