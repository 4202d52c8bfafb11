import type { components } from '../../../api/openapi.ts';
import type { Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { listRequests } from '../../store/requests/requests.ts';
import { placesOf } from '../requests/placesOf.ts';
import { requestSummary, turnOf } from '../requests/requestView.ts';
import { standingNow } from '../requests/standingNow.ts';
import type { Services } from '../services.ts';

const most = 1_000;

/** Those whose stage is hers; near the deadline also the data office's steward is told, who has to agree to extensions. */
export async function waitingRequests(
  { caller, now }: Call<StaffCaller>,
  services: Services,
): Promise<readonly components['schemas']['RequestSummary'][]> {
  const open = await listRequests(services.database.app, { open: true }, most);
  return open.flatMap((request) => {
    const summary = requestSummary(request, now);
    const turn = turnOf(standingNow(request, now));
    const hers = placesOf(request, caller.grants, services);
    const stewardOfOffice = hers.some(({ by, role }) => by === 'office' && role === 'steward');
    const told = stewardOfOffice && (summary.escalated === true || summary.extension === 'asked');
    return told || hers.some(({ by, role }) => by === turn?.by && role === turn.role) ? [summary] : [];
  });
}
