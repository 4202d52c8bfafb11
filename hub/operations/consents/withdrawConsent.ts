import { Problem } from '../../../terms/problem.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import { consentById } from '../../store/consents/listConsents.ts';
import type { Services } from '../services.ts';
import { withdrawn } from './withdrawn.ts';

/**
 * POST /v1/consents/{consent}/withdrawal: by the department whose service collected it. Somebody else's consent is as unknown as one that
 * never was.
 * @throws Problem consent_unknown
 */
export async function withdrawConsent(call: Call<DepartmentCaller>, services: Services): Promise<Outcome> {
  const row = await consentById(services.database.app, call.params['consent'] ?? '');
  if (row?.collectedBy !== call.caller.department) throw new Problem('consent_unknown');
  return withdrawn(row, call, services);
}
