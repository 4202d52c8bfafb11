import type { components } from '../../../api/openapi.ts';
import { outcomeOf, type ManagedCall, type ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';

/** @throws Problem serial_unknown */
export async function revokeCertificate(call: ManagedCall, { identity }: Services): Promise<ManagedOutcome> {
  const { reason } = call.body as components['schemas']['Revocation'];
  return outcomeOf(200, await identity.revoke({ serial: call.params['serial'] ?? '', reason }, call));
}
