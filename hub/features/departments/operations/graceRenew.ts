import { actOutcome } from '../../common/actOutcome.ts';
import { graceRenew as act } from '../../../identity/enrolment/renew.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem certificate_…, enrolment_proof_invalid, key_… */
export const graceRenew = operation('graceRenew', {
  kind: 'management',
  run: async (call, { identity }) => {
    const body = call.body;
    return actOutcome<'graceRenew'>(201, await identity.prepare(act, call.caller.certificate, body, call));
  },
});
