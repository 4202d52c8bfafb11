import { pageStandIns } from '../../../identity/store/pageStandIns.ts';
import { listed, moment, names, oneMore, pageAsked } from '../../common/listing.ts';
import { reachOf, within } from '../../common/reach.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const permission = seen;

/**
 * GET /v1/stand-ins: who stands in for whom, in the caller's departments or, for the data office, everywhere; what is over is left out.
 * The first named comes first, a page at a time.
 */
export const listStandIns = operation('listStandIns', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database, identity }) => {
    const page = pageAsked(call.query, names.standIn);
    const { as: kind, department } = call.query;
    const departments = within(reachOf(permission, call.caller), department);
    const rows = await pageStandIns(database.app, { ...oneMore(page), departments, kind, now: call.now });
    const called = new Map<string, string>(identity.persons().map(({ id, name }) => [id, name]));
    return listed(
      call,
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
  },
});
