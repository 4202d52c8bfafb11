import { pinOf } from '../../../../certs/authority/identifiers.ts';
import { actOutcome } from '../../common/actOutcome.ts';
import { issueEnrolmentCode as issueCode } from '../../../identity/enrolment/enrolmentCode.ts';
import { everywhere } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

/** @throws Problem department_unknown */
export const issueEnrolmentCode = operation('issueEnrolmentCode', {
  kind: 'management',
  permission: { operator: everywhere },
  owner: (call) => anyOf(call.params.department),
  run: async (call, { identity, hub, keys }) => {
    const { department } = call.params;
    const { hours } = call.body;
    const prepared = await identity.prepare(
      issueCode,
      { department, issuer: call.caller.person, ...defined({ hours }) },
      call,
    );
    const pin = pinOf(keys.authority.rootCertificate);
    const reply = { ...prepared.reply, hub: hub.openOrigin, pin };
    return actOutcome<'issueEnrolmentCode'>(201, { ...prepared, reply });
  },
});
