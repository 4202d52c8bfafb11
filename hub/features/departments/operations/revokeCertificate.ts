import { actOutcome } from '../../common/actOutcome.ts';
import { revoke } from '../../../identity/enrolment/revoke.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { certificateBySerial } from '../../../identity/store/certificates.ts';
import { operation } from '../../common/operation.ts';

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
