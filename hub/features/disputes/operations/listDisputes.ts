import type { Dispute } from '../../../domain/dispute.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { type DisputeFilter, pageDisputes } from '../store/disputes.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { disputeView } from './disputes.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

const permission = seen;

/** Disputes that have the words of a search, newest first. */
export const findDisputes = async (
  reader: Reader,
  filter: Pick<DisputeFilter, 'departments' | 'words'>,
  maxRows: number,
): Promise<readonly Dispute[]> => (await pageDisputes(reader, filter, { after: undefined, maxRows })).rows;

/** GET /v1/disputes: returns to a department its own disputes, with all statements; to the data office all. Newest first. */
export const listDisputes = operation('listDisputes', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database, identity }) => {
    const page = orderedPage(call.query, names.dispute);
    const departments = reachOf(permission, call.caller);
    const { open, about } = call.query;
    const found = await pageDisputes(
      database.app,
      {
        ...defined({ departments, about }),
        open: open === 'true',
      },
      oneMore(page),
    );
    return listedInOrder(
      call,
      'disputes',
      page,
      found,
      ({ id }) => id,
      (dispute) => disputeView(dispute, identity),
    );
  },
});
