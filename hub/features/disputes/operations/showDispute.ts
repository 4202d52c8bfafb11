import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { disputeById } from '../store/disputes.ts';
import { reachOf } from '../../common/reach.ts';
import { disputeView } from './disputeView.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const permission = seen;

/** GET /v1/disputes/{dispute}: to its two departments and the data office; to anybody else it is as unknown as one that never was. @throws Problem not_found */
export const showDispute = operation('showDispute', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database, identity }) => {
    const dispute = await disputeById(database.app, call.params.dispute);
    const reach = reachOf(permission, call.caller);
    const parties = dispute === undefined ? [] : [dispute.raised, dispute.other];
    if (dispute === undefined || (reach !== undefined && !parties.some((code) => reach.includes(code))))
      throw new Problem('not_found');
    return allowed<'showDispute'>(200, disputeView(dispute, identity), {
      facts: { change: { dispute: dispute.id } },
    });
  },
});
