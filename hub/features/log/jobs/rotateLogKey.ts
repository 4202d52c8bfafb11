/** The log changes its key, once two persons want it: old and new sign a statement, which one entry holds and every process follows. */
import { followRotations, parseRotation, signRotation } from '../../../../log/note/keyRotation.ts';
import { parseVkey } from '../../../../log/note/noteKey.ts';
import type { HubKeys } from '../../../platform/keys/hubKeys.ts';
import { acceptedLogKeys, keepRotation } from '../../../log/store/logKeys.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';

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
      confirm: (transaction) => keepRotation(transaction, { ...parseRotation(statement), exchange }),
      bumpsEpoch: true,
    });
    return { more: true };
  },
});
