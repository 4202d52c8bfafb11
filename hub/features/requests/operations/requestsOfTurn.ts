import type { components } from '../../../../api/openapi.ts';
import { decidesApart, type Actors } from '../../../domain/requests/mayAct.ts';
import { pageRequests, type StoredRequest, type RequestFilter } from '../store/requests.ts';
import type { RequestAct } from '../../../domain/requests/requestLife.ts';
import type { RoleGrant } from '../../../domain/permissions.ts';
import type { Reading } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { requestSummary, turnOf, currentState, type CurrentState, placesOf } from './showRequest.ts';
import { ableAt } from './handingOn.ts';

type Summary = components['schemas']['RequestSummary'];
const atOnce = 1_000;

/**
 * Open requests that the caller may decide. Their stage is the caller's, and the caller neither made the request nor decided before; or an
 * extension waits for their decision. Near the deadline the data office's steward is notified for information. The nearest deadline comes
 * first. The state of a request follows from its events, so all open requests are read.
 * @param now Unix milliseconds
 */
export async function requestsOfTurn(
  caller: Reading,
  services: Services,
  now: number,
  filter: Pick<RequestFilter, 'consumer' | 'provider'> = {},
): Promise<readonly Summary[]> {
  const grants: readonly RoleGrant[] =
    caller.kind === 'staff' ? caller.grants : [{ role: 'steward', department: caller.department }];
  // a request handed on to a person who can act waits for that person alone
  const isElses = (request: StoredRequest, { state, assigned }: CurrentState, turn: Actors): boolean =>
    caller.kind === 'staff' &&
    state === 'reviewing' &&
    assigned !== undefined &&
    !caller.actingPersons.includes(assigned) &&
    ableAt(request, turn, assigned, services, now);
  // a department's machine is not an acting person
  const apart = (standing: CurrentState, act: RequestAct): boolean =>
    caller.kind !== 'staff' || decidesApart(standing, act, caller.actingPersons);
  // undefined: the request is not the caller's to decide, and they are not notified of it
  const shown = (request: StoredRequest): Summary | undefined => {
    const summary = requestSummary(request, now);
    const standing = currentState(request, now);
    const turn = turnOf(standing);
    const places = placesOf(request, grants, services);
    const stewardOfOffice = places.some(({ by, role }) => by === 'office' && role === 'steward');
    const requested = stewardOfOffice && summary.extension === 'asked';
    const ofTurn = places.some(({ by, role }) => by === turn?.by && role === turn.role);
    const elses = turn !== undefined && isElses(request, standing, turn);
    const decides = ofTurn && !elses && (standing.state !== 'reviewing' || apart(standing, 'pass'));
    if (decides || (requested && apart(standing, 'agree-extension'))) return summary;
    const isInformed = requested || (stewardOfOffice && summary.escalated === true);
    return isInformed ? { ...summary, informed: true } : undefined;
  };
  const found: Summary[] = [];
  for (let after: string | undefined; ;) {
    const page = { after, maxRows: atOnce };
    const { rows } = await pageRequests(services.database.app, { ...filter, open: true }, page);
    for (const request of rows) {
      const summary = shown(request);
      if (summary !== undefined) found.push(summary);
    }
    after = rows.at(-1)?.id;
    if (rows.length < atOnce) break;
  }
  return found.sort((one, other) => (placeOfTurn(one) < placeOfTurn(other) ? -1 : 1));
}

/** The sort key of that order: requests without a deadline come last. */
export const placeOfTurn = ({ due, id }: Summary): string => `${due ?? '9999-12-31'}~${id}`;
