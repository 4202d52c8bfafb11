import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { listViewDelays as delaysIn } from '../../store/subjects/viewDelays.ts';
import { ownPlaces } from '../../identity/staffPlaces.ts';
import { listed, moment, names, oneMore, pageAsked } from '../reading/listing.ts';
import type { Services } from '../services.ts';
import { namesBeside } from '../namesBeside.ts';

/** GET /v1/view-delays: what is not told to persons for now, and on which ground; whom it is about is not said. */
export async function listViewDelays(
  call: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<Outcome> {
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
}
