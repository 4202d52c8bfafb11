import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { answerTimes, officeClock, type AnswerTimes } from '../../../domain/answerTimes.ts';
import {
  actOnDemand as stateAfter,
  demandDeadline,
  type Demand,
  type DemandEvent,
} from '../../../domain/demand.ts';
import { allowed } from '../../../pipeline/call.ts';
import { isDuplicate } from '../../../platform/database/failure.ts';
import { appendDemandEvent, demandById, moveDemand } from '../store/demands.ts';
import { catalogueEntry } from '../../../registry/store/catalogue.ts';
import type { Services } from '../../common/services.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { demandFacts, demandView } from './demandView.ts';
import { ofOffice } from './ofOffice.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { office, anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

type Acted = components['schemas']['DemandActed'];

/**
 * POST /v1/demands/{demand}/acts: the data office assigns it to a department or answers with a reason; that department names the catalogue entry that offers
 * it by now, or says why it cannot, and it is the office's again; who asked takes it back.
 * @throws Problem not_found, transition_not_allowed, not_your_department, four_eyes, demand_unfit
 */
export const actOnDemand = operation('actOnDemand', {
  kind: 'management',
  permission: { 'office steward': everywhere, steward: own },
  owner: async (call, { database }) => {
    const demand = await demandById(database.app, call.params.demand);
    return demand === undefined ? office : anyOf(demand.consumer, demand.provider);
  },
  run: async (call, services) => {
    const body = call.body;
    const { act, reason } = body;
    const { caller, now, exchange } = call;
    const { app } = services.database;
    const demand = await demandById(app, call.params.demand);
    if (demand === undefined) throw new Problem('not_found');
    const sides = { departments: departmentsOf(caller), office: ofOffice(caller), hands: caller.hands };
    const state = stateAfter(demand, act, sides);
    const provider = providerAfter(demand, body, services);
    const entry = act === 'meet' ? await offeredBy(services, demand, body.entry) : null;
    const event: DemandEvent = {
      ...{ seq: demand.events.length + 1, act, person: caller.person, at: now, said: reason },
      ...(act === 'assign' && provider !== null ? { provider } : {}),
    };
    const after: Demand = { ...demand, state, provider, entry, events: [...demand.events, event] };
    return allowed<'actOnDemand'>(200, demandView(after, now, services.identity), {
      facts: demandFacts(after, event, act === 'withdraw' ? {} : timesOf(demand)),
      work: async (transaction) => {
        await appendDemandEvent(transaction, demand.id, event, exchange).catch((error: unknown) => {
          const what = `demand ${demand.id}` as const;
          throw isDuplicate(error)
            ? new Problem('transition_not_allowed', { what, state: 'moved', act }, { cause: error })
            : error;
        });
        await moveDemand(transaction, demand.id, after);
      },
    });
  },
});

/** The clock of whose turn it was. */
const timesOf = (demand: Demand): AnswerTimes =>
  answerTimes(
    demandDeadline(demand, chinaWorkingCalendar),
    demand.state === 'office' ? officeClock : (demand.provider ?? officeClock),
  );

/** To whom it is assigned from now on. @throws Problem demand_unfit */
function providerAfter(demand: Demand, body: Acted, { identity }: Services): string | null {
  if (body.act === 'decline') return null;
  if (body.act !== 'assign') return demand.provider;
  if (identity.department(body.provider) === undefined)
    throw new Problem('department_unknown', { department: body.provider });
  if (body.provider === demand.consumer)
    throw new Problem('demand_unfit', {
      reason: { zh: '不能交办给提出需求的部门', en: 'it is not assigned to the department that asks' },
    });
  return body.provider;
}

/** An entry of the department's own that stands in the catalogue. @throws Problem demand_unfit */
async function offeredBy({ database }: Services, { provider }: Demand, entry: string): Promise<string> {
  const found = await catalogueEntry(database.app, entry);
  if (found?.department === provider) return entry;
  throw new Problem('demand_unfit', {
    reason: { zh: '本部门目录中没有这个条目', en: 'this department has no such entry in the catalogue' },
  });
}
