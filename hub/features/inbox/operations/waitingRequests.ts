import type { components } from '../../../../api/openapi.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { requestsOfTurn } from '../../requests/operations/requestsOfTurn.ts';
import type { Services } from '../../common/services.ts';

/** Requests whose stage is hers. */
export function waitingRequests(
  { caller, now }: Call<StaffCaller>,
  services: Services,
): Promise<readonly components['schemas']['RequestSummary'][]> {
  return requestsOfTurn(caller, services, now);
}
