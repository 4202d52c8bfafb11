import type { components } from '../../../api/openapi.ts';
import { outcomeOf, type ManagedCall, type ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';

/** @throws Problem certificate_…, enrolment_proof_invalid, key_… */
export async function graceRenew(call: ManagedCall, { identity }: Services): Promise<ManagedOutcome> {
  const body = call.body as components['schemas']['GraceRenewal'];
  return outcomeOf(201, await identity.graceRenew(call.certificate, body, call));
}
