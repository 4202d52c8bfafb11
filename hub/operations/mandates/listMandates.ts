import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { pageMandates } from '../../store/identity/mandates.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import { reachOf, within } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { loadedMandates } from './loadedMandates.ts';
import { mandateView } from './mandateView.ts';

/** GET /v1/mandates: of the caller's departments, or all for the data office; what has ended is among them. */
export async function listMandates(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const { department, person } = call.query;
  const page = pageAsked(call.query, names.mandate);
  const departments = within(reachOf('listMandates', call.caller), department);
  const rows = await pageMandates(services.database.app, { ...oneMore(page), departments, person });
  return listed(
    'mandates',
    page,
    await loadedMandates(rows, services),
    ({ id }) => id,
    (row) => mandateView(row, call.now, services),
  );
}
