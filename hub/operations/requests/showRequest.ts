import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { requestById } from '../../store/requests/requests.ts';
import type { Services } from '../services.ts';
import { requestView } from './requestView.ts';

/** GET /v1/requests/{request}. @throws Problem not_found */
export async function showRequest(
  call: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<Outcome> {
  const request = await requestById(database.app, call.params['request'] ?? '');
  if (request === undefined) throw new Problem('not_found');
  return allowed(200, requestView(request, identity.persons(), call.now), {
    facts: { change: { request: request.id } },
  });
}
