import { actOutcome } from '../../common/actOutcome.ts';
import { renew } from '../../../identity/enrolment/renew.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem certificate_not_renewable, certificate_unknown, certificate_request_… */
export const renewCertificate = operation('renewCertificate', {
  kind: 'management',
  run: async (call, { identity }) => {
    const body = call.body;
    return actOutcome<'renewCertificate'>(201, await identity.prepare(renew, call.caller, body, call));
  },
});
