import { batchAnswer } from '../../../flows/intake/answer.ts';
import { pageBatches } from '../../../flows/intake/store/pageBatches.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { reachOf, within } from '../../common/reach.ts';
import { seenBySenders } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const permission = seenBySenders;

/** GET /v1/batches: what was submitted and what came of it; never a row. */
export const listBatches = operation('listBatches', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const { dataset, state, sha256, department } = call.query;
    const page = pageAsked(call.query, names.uuid);
    const departments = within(reachOf(permission, call.caller), department);
    const rows = await pageBatches(database.app, { ...oneMore(page), departments, dataset, state, sha256 });
    return listed(call, 'batches', page, rows, ({ id }) => id, withoutReceipt);
  },
});

/** A receipt holds the whole entry: it is shown with one batch, not with fifty. */
function withoutReceipt(row: Parameters<typeof batchAnswer>[0]) {
  return batchAnswer({ ...row, receipt: null });
}
