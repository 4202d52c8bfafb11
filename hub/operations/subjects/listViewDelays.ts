import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { listViewDelays as delaysIn } from '../../store/subjects/viewDelays.ts';
import { ownPlaces } from '../inbox/places.ts';
import type { Services } from '../services.ts';

const most = 1_000;

/** What is not told to persons for now, and on which ground; whom it is about is not said. */
export async function listViewDelays(
  call: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<Outcome> {
  const departments = ownPlaces(identity, call.caller.grants);
  const filter = { now: call.now, ...(departments === undefined ? {} : { departments }) };
  const delays = (await delaysIn(database.app, filter, most)).map((row) => ({
    ...{ id: row.id, department: row.department, reference: row.reference, clause: row.clause },
    ...{ until: new Date(row.until).toISOString(), author: row.author, approver: row.approver },
  }));
  return allowed(200, { delays }, { facts: { change: { delays: delays.length } } });
}
