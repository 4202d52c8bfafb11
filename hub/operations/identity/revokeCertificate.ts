import { actOutcome } from '../actOutcome.ts';
import { revoke } from '../../identity/enrolment/revoke.ts';
import { everywhere, own } from '../../domain/cells.ts';
import { anyOf } from '../../gate/ownership.ts';
import { certificateBySerial } from '../../store/identity/certificates.ts';
import { operation } from '../operation.ts';

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
