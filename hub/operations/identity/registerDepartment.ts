import type { components } from '../../../api/openapi.ts';
import { digestOf } from '../registry/registration.ts';
import type { ManagedCall, ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';

/** @throws Problem department_exists, department_unknown, department_invalid */
export async function registerDepartment(call: ManagedCall, { identity }: Services): Promise<ManagedOutcome> {
  const body = call.body as components['schemas']['Department'];
  const act = await identity.registerDepartment(body, call);
  const changed = !act.reply.unchanged;
  return {
    status: changed ? 201 : 200,
    body: { kind: 'Department', id: act.reply.code, changed, digest: digestOf(body) },
    facts: { kind: 'management', change: { ...act.change, changed } },
    ...(act.work === undefined ? {} : { work: act.work }),
    bumpsEpoch: act.bumpsEpoch,
    fenced: changed,
  };
}
