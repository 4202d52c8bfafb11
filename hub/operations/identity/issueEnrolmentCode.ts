import type { components } from '../../../api/openapi.ts';
import { pinOf } from '../../../certs/authority/pin.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { issueEnrolmentCode as act } from '../../identity/enrolment/enrolmentCode.ts';

/** @throws Problem department_unknown */
export async function issueEnrolmentCode(
  call: Call<StaffCaller>,
  { identity, hub, keys }: Services,
): Promise<Outcome> {
  const { hours } = call.body as components['schemas']['EnrolmentCodeRequest'];
  const department = call.params['department'] ?? '';
  const prepared = await identity.prepare(
    act,
    { department, issuer: call.caller.person, ...(hours === undefined ? {} : { hours }) },
    call,
  );
  const pin = pinOf(keys.authority.rootCertificate);
  return actOutcome(201, { ...prepared, reply: { ...prepared.reply, hub: hub.openOrigin, pin } });
}
