import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { mandateById } from '../../store/identity/mandates.ts';
import type { Services } from '../services.ts';
import { loadedMandates } from './loadedMandates.ts';
import { mandateView } from './mandateView.ts';

/** GET /v1/mandates/{mandate}: with the artefact, for whoever verifies it elsewhere. @throws Problem not_found */
export async function showMandate(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const found = await mandateById(services.database.app, call.params['mandate'] ?? '');
  const [row] = await loadedMandates(found === undefined ? [] : [found], services);
  if (row === undefined) throw new Problem('not_found');
  const view = { ...mandateView(row, call.now, services), artefact: row.jws };
  return allowed(200, view, { facts: { change: { kind: 'Mandate', id: row.id, act: 'show' } } });
}
