import type { components } from '../../../api/openapi.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { revoke } from '../../identity/enrolment/revoke.ts';

/** @throws Problem serial_unknown */
export async function revokeCertificate(call: Call<StaffCaller>, { identity }: Services): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['Revocation'];
  return actOutcome(
    200,
    await identity.prepare(revoke, { serial: call.params['serial'] ?? '', reason }, call),
  );
}
