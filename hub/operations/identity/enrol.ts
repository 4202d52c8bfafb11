import type { components } from '../../../api/openapi.ts';
import { outcomeOf, type ManagedCall, type ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';

/** @throws Problem enrolment_code_…, certificate_request_…, enrolment_proof_invalid, signing_key_taken */
export async function enrol(call: ManagedCall, { identity }: Services): Promise<ManagedOutcome> {
  const act = await identity.enrol(call.body as components['schemas']['Enrolment'], call);
  return outcomeOf(201, act);
}
