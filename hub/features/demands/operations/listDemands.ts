import { pageDemands } from '../store/demands.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { reachOf, within } from '../../common/reach.ts';
import { demandView } from './demands.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

const permission = seen;

/**
 * GET /v1/demands: returns to a department its own demands and those assigned to it, with all statements; to the data office all. Newest
 * first. Demands that the caller may not see are not listedInOrder, even if requested by id.
 */
export const listDemands = operation('listDemands', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database, identity }) => {
    const page = orderedPage(call.query, names.demand);
    const { open, state, department, demand } = call.query;
    const departments = within(reachOf(permission, call.caller), department);
    const filter = {
      ...defined({ departments }),
      open: open === 'true',
      state,
      id: demand,
    };
    const found = await pageDemands(database.app, filter, oneMore(page));
    return listedInOrder(
      call,
      'demands',
      page,
      found,
      ({ id }) => id,
      (row) => demandView(row, call.now, identity),
    );
  },
});
