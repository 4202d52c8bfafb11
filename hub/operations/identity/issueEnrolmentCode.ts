import type { components } from '../../../api/openapi.ts';
import { pinOf } from '../../../certs/authority/pin.ts';
import { outcomeOf, type ManagedCall, type ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';

/** @throws Problem department_unknown */
export async function issueEnrolmentCode(
  call: ManagedCall,
  { identity, hub, keys }: Services,
): Promise<ManagedOutcome> {
  const { hours } = call.body as components['schemas']['EnrolmentCodeRequest'];
  const department = call.params['department'] ?? '';
  const act = await identity.issueEnrolmentCode(
    { department, ...(hours === undefined ? {} : { hours }) },
    call,
  );
  const pin = pinOf(keys.authority.rootCertificate);
  return outcomeOf(201, { ...act, reply: { ...act.reply, hub: hub.openOrigin(), pin } });
}
