/** Open events: the board, acknowledgement, and closing. */
import { hiddenFromOthers, self } from '../../../pipeline/ownership.ts';
import { allowed, DecideAfresh } from '../../../pipeline/call.ts';
import { Problem } from '../../../../terms/problem.ts';
import { decided } from '../../../domain/cells.ts';
import { meetsGrade, openEventLife, stepLife, type StepState } from '../../../domain/openEvent.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import { ownerOf } from '../../../identity/owners.ts';
import { isDuplicate } from '../../../platform/database/failure.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import { reachOf, type Reading } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { boardReaders, openEventViews } from '../openEventView.ts';
import { usualRoles } from '../plan.ts';
import { acknowledgementsOf, insertAcknowledgement } from '../store/acknowledgements.ts';
import { escalationsOf } from '../store/deadlines.ts';
import {
  answerSteps,
  closeOpenEvent,
  lockOpenEvent,
  openEventById,
  pageOpenEvents,
  checkedClosingFacts,
  closingFacts,
  isSameClosing,
  stepsOf,
  type OpenEventRow,
  type StepRow,
} from '../store/openEvents.ts';
import { authenticPlan, plansOfEvents, type PlanDocument } from '../store/plans.ts';

/**
 * GET /v1/open-events: those that a caller published, owes something in, or is notified of; to the data office all. The newest first, unless
 * `sort` names another order. An event whose plan was changed past the hub is not shown.
 * @throws Problem cursor_invalid
 */
export const listOpenEvents = operation('listOpenEvents', {
  kind: 'inspect',
  permission: boardReaders,
  owner: self,
  run: async (call, { database, identity }) => {
    const { query, caller, now } = call;
    const page = orderedPage(query, names.uuid);
    const departments = reachOf(boardReaders, caller);
    const found = await pageOpenEvents(database.app, { ...oneMore(page), state: query.state, departments });
    const views = await openEventViews(database.app, found.rows, { caller, identity, now });
    const viewOf = new Map(views.map((view) => [view.event, view]));
    return listedInOrder(
      call,
      'events',
      page,
      found,
      ({ id }) => id,
      ({ id }) => viewOf.get(id),
    );
  },
});

/** GET /v1/open-events/{event}. @throws Problem event_unknown */
export const showOpenEvent = operation('showOpenEvent', {
  kind: 'inspect',
  permission: boardReaders,
  owner: self,
  run: async (call, services) => {
    const row = await eventFor(call, services);
    return allowed<'showOpenEvent'>(200, await viewOf(call, services, row), {
      facts: { provider: row.department, change: { event: row.id, plan: row.plan } },
    });
  },
});

interface EventCall {
  readonly caller: Reading;
  readonly params: { readonly event: string };
  readonly now: number;
}

/** The event, where it concerns the caller. @throws Problem event_unknown */
async function eventFor(
  { caller, params }: Pick<EventCall, 'caller' | 'params'>,
  { database }: Pick<Services, 'database'>,
): Promise<OpenEventRow> {
  const row = await openEventById(database.app, params.event);
  if (row === undefined) throw new Problem('event_unknown');
  const reach = reachOf(boardReaders, caller);
  if (reach === undefined || reach.includes(row.department)) return row;
  const [steps, escalations] = await Promise.all([
    stepsOf(database.app, [row.id], reach),
    escalationsOf(database.app, [row.id]),
  ]);
  const isNotified = escalations.some(({ recipient }) => reach.includes(recipient));
  if (steps.length === 0 && !isNotified) throw new Problem('event_unknown');
  return row;
}

async function viewOf(
  { caller, now }: Pick<EventCall, 'caller' | 'now'>,
  { database, identity }: Pick<Services, 'database' | 'identity'>,
  row: OpenEventRow,
) {
  const [view] = await openEventViews(database.app, [row], { caller, identity, now });
  if (view === undefined) throw new Problem('event_unknown');
  return view;
}

const acknowledging = {
  'office steward': ['act', 'refuse'],
  'office security': ['act', 'refuse'],
  'office clerk': ['act', 'refuse'],
  'office leader': ['act', 'refuse'],
  steward: ['act', 'refuse'],
  security: ['act', 'refuse'],
  clerk: ['act', 'refuse'],
  leader: ['act', 'refuse'],
} as const;

/**
 * POST /v1/open-events/{event}/acknowledgements: a department states that it received, accepted or dealt with an event. Its machine signs it,
 * or a person whose role the plan names. Whether it is late follows from the deadline, whether or not a job has noticed that it passed.
 * @throws Problem event_unknown, event_closed, event_role, not_your_department, event_grade_again, rows_unauthenticated
 */
export const acknowledgeEvent = operation('acknowledgeEvent', {
  kind: 'management',
  permission: acknowledging,
  owner: self,
  run: async (call, services) => {
    const { database } = services;
    const { body, caller, exchange, now } = call;
    const { grade } = body;
    const row = await eventFor(call, services);
    const [steps, planOf] = await Promise.all([
      stepsOf(database.app, [row.id]),
      plansOfEvents(database.app, [row]),
    ]);
    const plan = authenticPlan(planOf(row));
    const department = actingDepartment(call, services, plan, steps);
    if (row.state !== 'open') throw new Problem('event_closed');
    const before = await acknowledgementsOf(database.app, [row.id]);
    const given = before.filter((one) => one.department === department);
    if (given.some((one) => meetsGrade(one.grade, grade))) throw new Problem('event_grade_again');
    const answered = steps
      .filter((one) => one.department === department && one.answeredAt === null)
      .filter(({ step }) => {
        const demanded = plan.steps.find(({ id }) => id === step)?.grade;
        return demanded !== undefined && meetsGrade(grade, demanded);
      })
      .map(({ step, state, dueAt }) => ({
        step,
        late: now > dueAt,
        state: answeredState(row.id, state, now > dueAt),
      }));
    const late = answered.some((one) => one.late);
    const met = answered.map(({ step }) => step).join(' ');
    return allowed<'acknowledgeEvent'>(
      201,
      { event: row.id, department, grade, at: new Date(now).toISOString(), steps: answered },
      {
        facts: {
          consumer: department,
          provider: row.department,
          dataset: row.type,
          change: {
            act: 'acknowledge',
            event: row.id,
            plan: row.plan,
            grade,
            late,
            ...(met === '' ? {} : { steps: met }),
          },
        },
        work: async (transaction) => {
          if ((await lockOpenEvent(transaction, row.id)) !== 'open') throw new DecideAfresh();
          const person = caller.kind === 'staff' ? caller.person : null;
          try {
            await insertAcknowledgement(transaction, {
              event: row.id,
              department,
              grade,
              at: now,
              exchange,
              person: person ?? null,
            });
          } catch (error) {
            throw isDuplicate(error) ? new Problem('event_grade_again', {}, { cause: error }) : error;
          }
          await answerSteps(transaction, row.id, department, answered, { at: now, exchange });
        },
      },
    );
  },
});

/** In one act: a deadline that passed unnoticed is missed first. */
function answeredState(event: string, state: StepState, late: boolean): 'acknowledged' | 'acknowledgedLate' {
  const missed = late && state === 'waiting' ? transition(stepLife, `event ${event}`, state, 'miss') : state;
  const answered = transition(stepLife, `event ${event}`, missed, 'acknowledge');
  if (answered !== 'acknowledged' && answered !== 'acknowledgedLate') throw new TypeError(answered);
  return answered;
}

/** The department that a call acknowledges for. @throws Problem event_unknown, event_role, not_your_department */
function actingDepartment(
  { caller, body }: { readonly caller: Reading; readonly body: { readonly department?: string } },
  { identity }: Pick<Services, 'identity'>,
  plan: PlanDocument | undefined,
  steps: readonly StepRow[],
): string {
  const owing = [...new Set(steps.map(({ department }) => department))];
  const requested = body.department;
  if (caller.kind !== 'staff') {
    if (requested !== undefined && requested !== caller.department)
      throw new Problem('not_your_department', { department: requested }, { at: '/body/department' });
    if (!owing.includes(caller.department)) throw new Problem('event_unknown');
    return caller.department;
  }
  const own = owing.filter((one) =>
    caller.grants.some(({ department }) => department === ownerOf(identity, one)),
  );
  if (own.length === 0) throw new Problem('event_unknown');
  const rolesOf = (department: string): readonly string[] =>
    (plan?.steps ?? [])
      .filter(({ departments }) => departments.includes(department))
      .flatMap(({ roles }) => roles ?? usualRoles);
  const able = own.filter((one) =>
    caller.grants.some(
      ({ role, department }) => department === ownerOf(identity, one) && rolesOf(one).includes(role),
    ),
  );
  if (able.length === 0) throw new Problem('event_role');
  const [only, ...others] = requested === undefined ? able : able.filter((one) => one === requested);
  if (only === undefined || others.length > 0)
    throw new Problem(
      'not_your_department',
      { department: requested ?? able.join(' ') },
      { at: '/body/department' },
    );
  return only;
}

/**
 * POST /v1/open-events/{event}/closure: nothing is due any more, and the purpose of the plan is closed at once unless another event needs it.
 * @throws Problem event_unknown, event_closed, rows_unauthenticated
 */
export const closeEvent = operation('closeEvent', {
  kind: 'management',
  permission: decided,
  owner: async (call, { database }) =>
    hiddenFromOthers(call, (await openEventById(database.app, call.params.event))?.department),
  run: async (call, services) => {
    const { body: closing, caller, exchange, now } = call;
    const row = await openEventById(services.database.app, call.params.event);
    if (row === undefined || (caller.kind !== 'staff' && row.department !== caller.department))
      throw new Problem('event_unknown');
    if (row.state !== 'open') throw new Problem('event_closed');
    const state = transition(openEventLife, `event ${row.id}`, row.state, 'close');
    const cause = 'person';
    const { code, reason } = closing;
    const stated = await checkedClosingFacts(services.database.app, row);
    const closed: OpenEventRow = {
      ...row,
      state,
      closedAt: now,
      closedBy: exchange,
      cause,
      closingCode: code,
      closingReason: reason,
    };
    return allowed<'closeEvent'>(200, await viewOf(call, services, closed), {
      facts: {
        provider: row.department,
        change: { act: 'close', event: row.id, plan: row.plan, code, reason, ...stated },
      },
      work: async (transaction) => {
        if (!(await closeOpenEvent(transaction, row.id, { at: now, cause, exchange, closing })))
          throw new DecideAfresh();
        // in the meantime an event of this purpose opened or closed, or the event reached a further department
        if (!isSameClosing(await closingFacts(transaction, row), stated)) throw new DecideAfresh();
      },
      bumpsEpoch: row.purpose !== null,
    });
  },
});
