/** Who may receive a stage of a request by handing it on (转办), and whether they may still act there. */
import { Problem } from '../../../../terms/problem.ts';
import type { Actors } from '../../../domain/requests/mayAct.ts';
import type { RequestStanding } from '../../../domain/requests/standing.ts';
import type { StoredRequest } from '../store/requests.ts';
import type { Services } from '../../common/services.ts';
import { placesOf } from './showRequest.ts';

/** Whether a person holds the role of a stage at its place now, directly or as deputy. @param now Unix milliseconds */
export const ableAt = (
  request: Pick<StoredRequest, 'consumer' | 'provider'>,
  { by, role }: Actors,
  person: string,
  services: Pick<Services, 'identity'>,
  now: number,
): boolean =>
  placesOf(request, services.identity.rolesNow(person, now).grants, services).some(
    (one) => one.by === by && one.role === role,
  );

/**
 * Checks that the person is of the same place, has its role and may act. A stage is never handed to its requester or to an earlier
 * decider, because it would then wait indefinitely.
 * @throws Problem hand_on_unfit
 */
export function refuseUnfitPerson(
  request: Pick<StoredRequest, 'consumer' | 'provider'>,
  { maker, deciders }: Pick<RequestStanding, 'maker' | 'deciders'>,
  actors: Actors,
  to: string,
  services: Pick<Services, 'identity'>,
  now: number,
): void {
  const { actingPersons } = services.identity.rolesNow(to, now);
  const involved = [maker, ...deciders].some((one) => actingPersons.includes(one));
  if (involved || !ableAt(request, actors, to, services, now)) throw new Problem('hand_on_unfit');
}
