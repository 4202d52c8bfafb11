import type { components } from '../../../api/openapi.ts';
import { digestOf } from '../registry/registration.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { registerDepartment as act } from '../../identity/enrolment/registerDepartment.ts';

/** @throws Problem department_exists, department_unknown, department_invalid */
export async function registerDepartment(call: Call<StaffCaller>, { identity }: Services): Promise<Outcome> {
  const body = call.body as components['schemas']['Department'];
  const prepared = await identity.prepare(act, body, call);
  const changed = !prepared.reply.unchanged;
  const reply = { kind: 'Department', id: prepared.reply.code, changed, digest: digestOf(body) };
  return allowed(changed ? 201 : 200, reply, {
    facts: { change: { ...prepared.change, changed } },
    work: prepared.work,
    bumpsEpoch: prepared.bumpsEpoch,
  });
}
