import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { listStandIns as allStandIns } from '../../store/identity/standIns.ts';
import { moment } from '../reading/listing.ts';
import { reachOf } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { namesBeside } from '../namesBeside.ts';

/** GET /v1/stand-ins: who stands in for whom, in the caller's departments or, for the data office, everywhere; what is over is left out. */
export async function listStandIns(
  call: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<Outcome> {
  const reach = reachOf('listStandIns', call.caller);
  const names = new Map<string, string>(identity.persons().map(({ id, name }) => [id, name]));
  const standIns = (await allStandIns(database.app))
    .filter(({ until }) => until === null || call.now < until)
    .filter(({ department }) => reach === undefined || (department !== null && reach.includes(department)))
    .map(({ id, kind, steward, person, department, begins, until, why, author, approver }) => ({
      ...{ id, as: kind, steward, person, from: moment(begins), reason: why, author, approver },
      ...{ stewardName: names.get(steward) ?? '', personName: names.get(person) ?? '' },
      ...namesBeside(identity, { author, approver }),
      ...(department === null ? {} : { department }),
      ...(until === null ? {} : { until: moment(until) }),
    }));
  return allowed(200, { standIns }, { facts: { change: { standIns: standIns.length } } });
}
