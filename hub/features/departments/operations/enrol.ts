import { actOutcome } from '../../common/actOutcome.ts';
import { enrol as act } from '../../../identity/enrolment/enrol.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem enrolment_code_…, certificate_request_…, enrolment_proof_invalid, signing_key_taken */
export const enrol = operation('enrol', {
  kind: 'management',
  run: async (call, { identity }) => {
    const prepared = await identity.prepare(act, call.body, call);
    return actOutcome<'enrol'>(201, prepared);
  },
});
