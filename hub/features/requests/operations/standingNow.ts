import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { decree809, type Procedure } from '../../../domain/requests/procedure.ts';
import {
  deadlineOf,
  standingOf,
  type RequestDeadline,
  type RequestStanding,
} from '../../../domain/requests/standing.ts';
import type { KeptRequest } from '../store/requests.ts';

/** A request as it stands now. */
export interface Standing extends RequestStanding {
  readonly procedure: Procedure;
  readonly deadline: RequestDeadline | undefined;
}

/** @param now Unix milliseconds */
export function standingNow(
  request: Pick<KeptRequest, 'procedure' | 'unconditional' | 'events'>,
  now: number,
): Standing {
  const procedure = request.procedure ?? decree809;
  const stages = request.unconditional ? procedure.unconditional : procedure.stages;
  const standing = standingOf(request.events, stages, chinaWorkingCalendar);
  return { ...standing, procedure, deadline: deadlineOf(standing, procedure, chinaWorkingCalendar, now) };
}
