import type { components } from '../../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import type { LeafFacts } from '../../../log/entry.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { AnswerTimes } from '../../../domain/answerTimes.ts';
import { demandDeadline, isOverdue, type Demand, type DemandEvent } from '../../../domain/demand.ts';
import { digestOf } from '../../registry/operations/registration.ts';
import { moment } from '../../common/listing.ts';

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
    ...(provider === null ? {} : { provider }),
    ...(entry === null ? {} : { entry }),
    ...(deadline === undefined
      ? {}
      : { due: deadline.day, provisional: deadline.provisional, overdue: isOverdue(deadline, now) }),
    events: events.map(({ at, ...event }) => {
      const name = names.get(event.person);
      return { ...event, ...(name === undefined ? {} : { name }), at: moment(at) };
    }),
  };
}

/** What the entry of an act says: names, and the digest of what was said. @param times where the act answers within a clock */
export const demandFacts = (
  { id, consumer, provider, state, entry }: Omit<Demand, 'events'>,
  event: DemandEvent,
  times: AnswerTimes = {},
): LeafFacts => ({
  consumer,
  ...(provider === null ? {} : { provider }),
  change: {
    ...{ demand: id, act: event.act, stands: state, said: digestOf(event) },
    ...(entry === null ? {} : { entry }),
    ...times,
  },
});
