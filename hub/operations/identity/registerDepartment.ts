import type { components } from '../../../api/openapi.ts';
import { digestOf } from '../registry/registration.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/** @throws Problem department_exists, department_unknown, department_invalid */
export async function registerDepartment(call: Call<StaffCaller>, { identity }: Services): Promise<Outcome> {
  const body = call.body as components['schemas']['Department'];
  const act = await identity.registerDepartment(body, call);
  const changed = !act.reply.unchanged;
  const reply = { kind: 'Department', id: act.reply.code, changed, digest: digestOf(body) };
  return allowed(changed ? 201 : 200, reply, {
    facts: { change: { ...act.change, changed } },
    work: act.work,
    bumpsEpoch: act.bumpsEpoch,
  });
}
