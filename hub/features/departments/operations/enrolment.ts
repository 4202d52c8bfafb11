import { actOutcome } from '../../common/actOutcome.ts';
import { enrol as act } from '../../../identity/enrolment/enrol.ts';
import { operation } from '../../common/operation.ts';
import { renew } from '../../../identity/enrolment/renew.ts';
import { revoke } from '../../../identity/enrolment/revoke.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { certificateBySerial } from '../../../identity/store/certificates.ts';

/** @throws Problem enrolment_code_…, certificate_request_…, enrolment_proof_invalid, signing_key_taken */
export const enrol = operation('enrol', {
  kind: 'management',
  run: async (call, { identity }) => {
    const prepared = await identity.prepare(act, call.body, call);
    return actOutcome<'enrol'>(201, prepared);
  },
});

/** @throws Problem certificate_not_renewable, certificate_unknown, certificate_request_… */
export const renewCertificate = operation('renewCertificate', {
  kind: 'management',
  run: async (call, { identity }) => {
    const body = call.body;
    return actOutcome<'renewCertificate'>(201, await identity.prepare(renew, call.caller, body, call));
  },
});

/** @throws Problem serial_unknown */
export const revokeCertificate = operation('revokeCertificate', {
  kind: 'management',
  permission: { operator: everywhere, 'office security': everywhere, steward: own, security: own },
  owner: async (call, { database }) =>
    anyOf((await certificateBySerial(database.app, call.params.serial))?.department),
  run: async (call, { identity }) => {
    const { reason } = call.body;
    return actOutcome<'revokeCertificate'>(
      200,
      await identity.prepare(revoke, { serial: call.params.serial, reason }, call),
    );
  },
});
