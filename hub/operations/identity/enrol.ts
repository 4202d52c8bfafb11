import type { components } from '../../../api/openapi.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { enrol as act } from '../../identity/enrolment/enrol.ts';

/** @throws Problem enrolment_code_…, certificate_request_…, enrolment_proof_invalid, signing_key_taken */
export async function enrol(call: Call<Stranger>, { identity }: Services): Promise<Outcome> {
  const prepared = await identity.prepare(act, call.body as components['schemas']['Enrolment'], call);
  return actOutcome(201, prepared);
}
