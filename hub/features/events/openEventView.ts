/** Open events as a caller may see them: the publisher and the data office everything, others what concerns them. */
import type { components } from '../../../api/openapi.ts';
import { seen } from '../../domain/cells.ts';
import { isRole } from '../../domain/permissions.ts';
import type { Identity } from '../../identity/openIdentity.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { moment } from '../common/listing.ts';
import { reachOf, type Reading } from '../common/reach.ts';
import { acknowledgementsOf, deliveriesOf } from './store/acknowledgements.ts';
import { escalationsOf } from './store/deadlines.ts';
import { stepsOf, type OpenEventRow } from './store/openEvents.ts';
import { plansOfEvents } from './store/plans.ts';
import { present } from '../../../terms/defined.ts';

type View = components['schemas']['OpenEvent'];

/** Whose open events a caller sees: those of its departments, as publisher, as one that owes something, or as one that is notified. */
export const boardReaders = {
  ...seen,
  'office clerk': ['act', 'act'],
  'office leader': ['act', 'act'],
  clerk: ['act', 'refuse'],
  leader: ['act', 'refuse'],
} as const;

interface Shown {
  readonly caller: Reading;
  readonly identity: Pick<Identity, 'person'>;
  /** Unix milliseconds */
  readonly now: number;
}

/** @param rows events that the caller may see at all */
export async function openEventViews(
  reader: Reader,
  rows: readonly OpenEventRow[],
  { caller, identity, now }: Shown,
): Promise<View[]> {
  const ids = rows.map(({ id }) => id);
  const reach = reachOf(boardReaders, caller);
  const [steps, acknowledgements, escalations, deliveries, planOf] = await Promise.all([
    stepsOf(reader, ids),
    acknowledgementsOf(reader, ids),
    escalationsOf(reader, ids),
    deliveriesOf(reader, ids),
    plansOfEvents(reader, rows),
  ]);
  return rows.flatMap((row) => {
    const plan = planOf(row);
    if (plan === undefined) return [];
    const whole = reach === undefined || reach.includes(row.department);
    const isShown = (...departments: readonly string[]): boolean =>
      whole || departments.some((one) => reach.includes(one));
    const of = <T extends { readonly event: string }>(all: readonly T[]): readonly T[] =>
      all.filter(({ event }) => event === row.id);
    const view: View = {
      event: row.id,
      plan: row.plan,
      revision: row.revision,
      title: plan.title,
      type: row.type,
      department: row.department,
      topic: row.topic,
      state: row.state,
      openedAt: moment(row.openedAt),
      endsAt: moment(row.endsAt),
      ...present({ purpose: row.purpose }),
      ...(row.closedAt === null ? {} : { closedAt: moment(row.closedAt) }),
      ...present({ cause: row.cause }),
      ...(row.closingCode === null
        ? {}
        : { closing: { code: row.closingCode, reason: row.closingReason ?? '' } }),
      steps: of(steps)
        .filter(({ department }) => isShown(department))
        .flatMap(({ step, department, state, dueAt, answeredAt, stage }) => {
          const planned = plan.steps.find(({ id }) => id === step);
          if (planned === undefined) return [];
          const open = answeredAt === null;
          // a missed deadline stays missed after the event was closed
          const late = (answeredAt ?? row.closedAt ?? now) > dueAt;
          return [
            {
              step,
              title: planned.title,
              department,
              grade: planned.grade,
              state,
              late,
              stage,
              dueAt: moment(dueAt),
              ...(open ? {} : { answeredAt: moment(answeredAt) }),
            },
          ];
        }),
      acknowledgements: of(acknowledgements)
        .filter(({ department }) => isShown(department))
        .map(({ department, grade, at, person, exchange }) => ({
          department,
          grade,
          at: moment(at),
          exchange,
          ...(person === null ? {} : { person, name: identity.person(person)?.name ?? person }),
        })),
      escalations: of(escalations)
        .filter(({ department, recipient }) => isShown(department, recipient))
        .flatMap(({ step, department, stage, recipient, role, dueAt, at, notice }) =>
          isRole(role)
            ? [
                {
                  step,
                  department,
                  stage,
                  recipient,
                  role,
                  dueAt: moment(dueAt),
                  at: moment(at),
                  ...present({ notice }),
                },
              ]
            : [],
        ),
      deliveries: of(deliveries)
        .filter(({ department }) => isShown(department))
        .map(({ department, exchange, at, receipt }) => ({
          department,
          exchange,
          at: moment(at),
          ...present({ receipt }),
        })),
    };
    return [view];
  });
}
