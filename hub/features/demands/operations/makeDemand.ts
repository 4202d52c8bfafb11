import { Problem } from '../../../../terms/problem.ts';
import { usualDemandClock, type Demand, type DemandEvent } from '../../../domain/demand.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import { allowed } from '../../../pipeline/call.ts';
import { appendDemandEvent, insertDemand, nextDemandId } from '../store/demands.ts';
import { purposeByCode } from '../../../registry/store/purposes.ts';
import { newestProcedure } from '../../requests/store/procedures.ts';
import { demandFacts, demandView } from './demandView.ts';
import { own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/demands: a steward says what data her department needs that nobody offers; it goes to the data office, under the clock of the procedure that
 * holds now.
 * @throws Problem purpose_unknown, text_identity_number
 */
export const makeDemand = operation('makeDemand', {
  kind: 'management',
  permission: { steward: own },
  owner: (call) => anyOf(call.body.consumer),
  run: async (call, { database, identity }) => {
    const { consumer, title, fields, purpose, reason } = call.body;
    const { app } = database;
    if ([title, ...fields].some(holdsIdentityNumber)) throw new Problem('text_identity_number');
    if ((await purposeByCode(app, purpose)) === undefined) throw new Problem('purpose_unknown', { purpose });
    const { officeDays, departmentDays } = (await newestProcedure(app))?.clock.demand ?? usualDemandClock;
    const { person } = call.caller;
    const made: DemandEvent = { seq: 1, act: 'make', person, at: call.now, said: reason };
    const demand: Demand = {
      ...{ id: await nextDemandId(app), consumer, provider: null, title, fields, purpose },
      ...{ state: 'office', entry: null, officeDays, departmentDays, events: [made] },
    };
    return allowed<'makeDemand'>(201, demandView(demand, call.now, identity), {
      facts: demandFacts(demand, made),
      work: async (transaction) => {
        await insertDemand(transaction, demand);
        await appendDemandEvent(transaction, demand.id, made, call.exchange);
      },
    });
  },
});
