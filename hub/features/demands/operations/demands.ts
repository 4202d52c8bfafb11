import type { components } from '../../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import type { LeafFacts } from '../../../log/entry.ts';
import type { Identity } from '../../../identity/identity.ts';
import { type AnswerTimes, answerTimes, officeClock } from '../../../domain/answerTimes.ts';
import {
  demandDeadline,
  isOverdue,
  type Demand,
  type DemandEvent,
  usualDemandClock,
  actOnDemand as stateAfter,
} from '../../../domain/demand.ts';
import { digestOf } from '../../registry/operations/registration.ts';
import { moment } from '../../common/listing.ts';
import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { allowed } from '../../../pipeline/call.ts';
import { appendDemandEvent, insertDemand, nextDemandId, demandById, moveDemand } from '../store/demands.ts';
import { purposeByCode } from '../../../registry/store/purposes.ts';
import { newestProcedure } from '../../requests/store/procedures.ts';
import { own, everywhere } from '../../../domain/cells.ts';
import { anyOf, office } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { isDuplicate } from '../../../platform/database/failure.ts';
import { catalogueEntry } from '../../../registry/store/catalogue.ts';
import type { Services } from '../../common/services.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { isOfOffice } from '../../../domain/permissions.ts';
import { defined, present } from '../../../../terms/defined.ts';

/** `DemandView` of openapi.yaml. @param now Unix milliseconds */
export function demandView(
  demand: Demand,
  now: number,
  identity: Pick<Identity, 'persons'>,
): components['schemas']['DemandView'] {
  const {
    events,
    fields,
    provider,
    entry,
    officeDays: _office,
    departmentDays: _department,
    ...others
  } = demand;
  const names = new Map<string, string>(identity.persons().map(({ id, name }) => [id, name]));
  const deadline = demandDeadline(demand, chinaWorkingCalendar);
  return {
    ...others,
    fields: [...fields],
    ...present({ provider, entry }),
    ...(deadline === undefined
      ? {}
      : { due: deadline.day, provisional: deadline.provisional, overdue: isOverdue(deadline, now) }),
    events: events.map(({ at, ...event }) => {
      const name = names.get(event.person);
      return { ...event, ...defined({ name }), at: moment(at) };
    }),
  };
}

/** Facts of an action's log entry: names, and the digest of the text. @param times if the action is an answer with a deadline */
const demandFacts = (
  { id, consumer, provider, state, entry }: Omit<Demand, 'events'>,
  event: DemandEvent,
  times: AnswerTimes = {},
): LeafFacts => ({
  consumer,
  ...present({ provider }),
  change: {
    demand: id,
    act: event.act,
    stands: state,
    said: digestOf(event),
    ...present({ entry }),
    ...times,
  },
});

/**
 * POST /v1/demands: a steward describes data that the department needs and no department offers. The demand goes to the data office, with
 * the deadlines of the current procedure.
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
      id: await nextDemandId(app),
      consumer,
      provider: null,
      title,
      fields,
      purpose,
      state: 'office',
      entry: null,
      officeDays,
      departmentDays,
      events: [made],
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

type Acted = components['schemas']['DemandActed'];

/**
 * POST /v1/demands/{demand}/acts: the next step of a demand. The data office assigns it to a department, or answers with a reason. The
 * assigned department names the catalogue entry that now offers the data, or says why it cannot; then the demand returns to the office.
 * The requester may withdraw it.
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
    const sides = {
      departments: departmentsOf(caller),
      office: isOfOffice(caller.grants, ['steward']),
      actingPersons: caller.actingPersons,
    };
    const state = stateAfter(demand, act, sides);
    const provider = providerAfter(demand, body, services);
    const entry = act === 'meet' ? await offeredBy(services, demand, body.entry) : null;
    const event: DemandEvent = {
      seq: demand.events.length + 1,
      act,
      person: caller.person,
      at: now,
      said: reason,
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

/** The deadlines of the party that had to act. */
const timesOf = (demand: Demand): AnswerTimes =>
  answerTimes(
    demandDeadline(demand, chinaWorkingCalendar),
    demand.state === 'office' ? officeClock : (demand.provider ?? officeClock),
  );

/** The department the demand is assigned to after the action. @throws Problem demand_unfit */
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

/** Returns a current catalogue entry of the department itself. @throws Problem demand_unfit */
async function offeredBy({ database }: Services, { provider }: Demand, entry: string): Promise<string> {
  const found = await catalogueEntry(database.app, entry);
  if (found?.department === provider) return entry;
  throw new Problem('demand_unfit', {
    reason: { zh: '本部门目录中没有这个条目', en: 'this department has no such entry in the catalogue' },
  });
}
