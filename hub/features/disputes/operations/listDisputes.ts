import type { Reader } from '../../../platform/database/reader.ts';
import { type DisputeFilter, listDisputes as disputesOf } from '../store/disputes.ts';
import { listed, names, oneMore, requestedPage } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { disputeView } from './disputes.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

const permission = seen;

/** Disputes that have the words of a search, newest first. */
export const findDisputes = (
  reader: Reader,
  filter: Pick<DisputeFilter, 'departments' | 'words'>,
  most: number,
): ReturnType<typeof disputesOf> => disputesOf(reader, filter, most);

/** GET /v1/disputes: returns to a department its own disputes, with all statements; to the data office all. Newest first. */
export const listDisputes = operation('listDisputes', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database, identity }) => {
    const page = requestedPage(call.query, names.dispute);
    const departments = reachOf(permission, call.caller);
    const { open, about } = call.query;
    const rows = await disputesOf(
      database.app,
      {
        ...defined({ departments, before: page.after, about }),
        open: open === 'true',
      },
      oneMore(page).most,
    );
    return listed(
      call,
      'disputes',
      page,
      rows,
      ({ id }) => id,
      (dispute) => disputeView(dispute, identity),
    );
  },
});
