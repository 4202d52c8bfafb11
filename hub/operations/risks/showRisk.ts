import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { riskById } from '../../store/risks/risks.ts';
import type { Services } from '../services.ts';
import { riskPlaces } from './riskPlaces.ts';
import { riskView } from './riskView.ts';

/** GET /v1/risks/{risk}: one that names nobody of hers is as unknown as one that never was. @throws Problem not_found */
export async function showRisk(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const row = await riskById(services.database.app, call.params['risk'] ?? '');
  const places = riskPlaces(call.caller, services, 'showRisk');
  if (row === undefined || (places !== undefined && !row.departments.some((code) => places.includes(code))))
    throw new Problem('not_found');
  return allowed(200, riskView(row, call.now, services.identity), { facts: { change: { risk: row.id } } });
}
