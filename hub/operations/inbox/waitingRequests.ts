import type { components } from '../../../api/openapi.ts';
import type { Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { requestsOfTurn } from '../requests/requestsOfTurn.ts';
import type { Services } from '../services.ts';

/** Requests whose stage is hers. */
export function waitingRequests(
  { caller, now }: Call<StaffCaller>,
  services: Services,
): Promise<readonly components['schemas']['RequestSummary'][]> {
  return requestsOfTurn(caller, services, now);
}
