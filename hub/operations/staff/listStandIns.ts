import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { pageStandIns } from '../../store/identity/pageStandIns.ts';
import { listed, moment, names, oneMore, pageAsked } from '../reading/listing.ts';
import { reachOf, within } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { namesBeside } from '../namesBeside.ts';

/**
 * GET /v1/stand-ins: who stands in for whom, in the caller's departments or, for the data office, everywhere; what is over is left out.
 * The first named comes first, a page at a time.
 */
export async function listStandIns(
  call: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<Outcome> {
  const page = pageAsked(call.query, names.standIn);
  const { as: kind, department } = call.query;
  const departments = within(reachOf('listStandIns', call.caller), department);
  const rows = await pageStandIns(database.app, { ...oneMore(page), departments, kind, now: call.now });
  const called = new Map<string, string>(identity.persons().map(({ id, name }) => [id, name]));
  return listed(
    'standIns',
    page,
    rows,
    ({ id }) => id,
    ({ id, kind: as, steward, person, department: place, begins, until, why, author, approver }) => ({
      ...{ id, as, steward, person, from: moment(begins), reason: why, author, approver },
      ...{ stewardName: called.get(steward) ?? '', personName: called.get(person) ?? '' },
      ...namesBeside(identity, { author, approver }),
      ...(place === null ? {} : { department: place }),
      ...(until === null ? {} : { until: moment(until) }),
    }),
  );
}
