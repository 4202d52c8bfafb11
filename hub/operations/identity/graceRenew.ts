import type { components } from '../../../api/openapi.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { graceRenew as act } from '../../identity/enrolment/renew.ts';

/** @throws Problem certificate_…, enrolment_proof_invalid, key_… */
export async function graceRenew(call: Call<Stranger>, { identity }: Services): Promise<Outcome> {
  const body = call.body as components['schemas']['GraceRenewal'];
  return actOutcome(201, await identity.prepare(act, call.caller.certificate, body, call));
}
