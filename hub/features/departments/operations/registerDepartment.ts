import { digestOf } from '../../registry/operations/registration.ts';
import { allowed } from '../../../pipeline/call.ts';
import { registerDepartment as act } from '../../../identity/enrolment/registerDepartment.ts';
import { own } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem department_exists, department_unknown, department_invalid */
export const registerDepartment = operation('registerDepartment', {
  kind: 'management',
  permission: { operator: own },
  owner: ofOffice,
  run: async (call, { identity }) => {
    const body = call.body;
    const prepared = await identity.prepare(act, body, call);
    const changed = !prepared.reply.unchanged;
    const reply = { kind: 'Department', id: prepared.reply.code, changed, digest: digestOf(body) };
    return allowed<'registerDepartment'>(changed ? 201 : 200, reply, {
      facts: { change: { ...prepared.change, changed } },
      work: prepared.work,
      bumpsEpoch: prepared.bumpsEpoch,
    });
  },
});
