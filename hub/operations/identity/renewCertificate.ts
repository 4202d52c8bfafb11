import type { components } from '../../../api/openapi.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Services } from '../services.ts';
import { renew } from '../../identity/enrolment/renew.ts';

/** @throws Problem certificate_not_renewable, certificate_unknown, certificate_request_… */
export async function renewCertificate(
  call: Call<DepartmentCaller>,
  { identity }: Services,
): Promise<Outcome> {
  const body = call.body as components['schemas']['Renewal'];
  return actOutcome(201, await identity.prepare(renew, call.caller, body, call));
}
