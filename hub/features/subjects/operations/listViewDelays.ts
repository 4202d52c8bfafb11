import { listViewDelays as delaysIn } from '../store/viewDelays.ts';
import { ownPlaces } from '../../../identity/staffPlaces.ts';
import { listed, moment, names, oneMore, pageAsked } from '../../common/listing.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import { overseen, own } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/view-delays: what is not told to persons for now, and on which ground; whom it is about is not said. */
export const listViewDelays = operation('listViewDelays', {
  kind: 'inspect',
  permission: { ...overseen, security: own, auditor: own },
  owner: self,
  run: async (call, { database, identity }) => {
    const page = pageAsked(call.query, names.delay);
    const departments = ownPlaces(identity, call.caller.grants);
    const [until, id = ''] = page.after?.split('~') ?? [];
    const rows = await delaysIn(
      database.app,
      {
        now: call.now,
        ...(departments === undefined ? {} : { departments }),
        ...(until === undefined ? {} : { after: { until: Number(until), id } }),
      },
      oneMore(page).most,
    );
    return listed(
      call,
      'delays',
      page,
      rows,
      (row) => `${row.until}~${row.id}`,
      (row) => ({
        ...{ id: row.id, department: row.department, reference: row.reference, clause: row.clause },
        ...{ until: moment(row.until), author: row.author, approver: row.approver },
        ...namesBeside(identity, { author: row.author, approver: row.approver }),
      }),
    );
  },
});
