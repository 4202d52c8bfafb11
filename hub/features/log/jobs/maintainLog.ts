import { deriveTiles as derive } from '../../../log/deriveTiles.ts';
import type { OpenedAuditLog } from '../../../log/openAuditLog.ts';
import { ensurePartitions } from '../../../log/store/partitions.ts';
import type { Database, Pool } from '../../../platform/database/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { forgetQuotas as forget } from '../../../log/store/quotas.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { sealedListLifeMs } from '../../../domain/lifeCycle.ts';
import { forgetSealed } from '../../../log/store/sealedSubjects.ts';
import { mergeTokens as merge, summarizeEntries } from '../../../log/store/mergeTokens.ts';
import { followRotations, parseRotation, signRotation } from '../../../../log/note/keyRotation.ts';
import { parseVkey } from '../../../../log/note/noteKey.ts';
import type { HubKeys } from '../../../platform/keys/hubKeys.ts';
import { acceptedLogKeys, storeRotation } from '../../../log/store/logKeys.ts';

const hourMs = 3_600_000;

/** Derives hash tiles as entries arrive, so that no caller waits for them, and creates partitions in advance. */
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

/** Counters of past days are retained, so that the refusal of a call can be explained later. */
const counterRetentionMs = 7 * 24 * hourMs;

/** Deletes counters of past days, and with them the tokens of the subjects of fact queries. */
export const forgetQuotas = (reader: Reader): Job => ({
  name: 'forgetQuotas',
  every: hourMs,
  lease: 60_000,
  run: async (run) => {
    await forget(reader, dayInChina(run.now() - counterRetentionMs));
    return {};
  },
});

/** Deletes the sealed lists of an incident's subjects that have expired or were refused. */
export const forgetSealedLists = (reader: Reader): Job => ({
  name: 'forgetSealedLists',
  every: hourMs,
  lease: 60_000,
  run: async (run) => {
    await forgetSealed(reader, run.now() - sealedListLifeMs);
    return {};
  },
});

/**
 * Moves new tokens of the log into their index, so that no append has to do it and a search reads few unindexed tokens. Then summarizes the
 * index of entries.
 * @param owner connection that owns the indexes
 */
export function mergeTokens(owner: Pool): Job {
  /** page ranges below this are summarized, as far as this process knows */
  let summarized = 0;
  return {
    name: 'mergeTokens',
    every: 5_000,
    lease: 60_000,
    run: async () => {
      await merge(owner);
      summarized = await summarizeEntries(owner, summarized);
      return {};
    },
  };
}

/**
 * Changes the log's key after two persons approved it. The old and the new key sign a statement; one entry contains it, and every process
 * follows it. In a process without the new key the run fails and names the file that must be copied to it.
 */
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
      // the tree that contains this entry is the first that the new key signs
      placed: (leaf, index) => {
        statement = signRotation(log, next, index + 1);
        // a key that was in use before cannot be used again
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
