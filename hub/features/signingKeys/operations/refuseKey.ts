import { allowed } from '../../../pipeline/call.ts';
import { revokeEnrolment } from '../../../identity/store/certificates.ts';
import { refuseKey as refuseRow } from '../../../identity/store/keyHands.ts';
import { decidedAlready, keyInQuestion } from './keyInQuestion.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofKey } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** The data office ends a key, with the certificates that were enrolled with it. @throws Problem not_found, transition_not_allowed */
export const refuseKey = operation('refuseKey', {
  kind: 'management',
  // the data office settles what was objected to
  permission: { 'office steward': everywhere, 'office security': everywhere },
  owner: ofKey,
  run: async (call, services) => {
    const { reason } = call.body;
    const row = await keyInQuestion(call, services);
    const { keyid, department, enrolment } = row;
    const { now, exchange } = call;
    return allowed<'refuseKey'>(
      200,
      { keyid, department, state: 'refused' },
      {
        facts: { change: { keyid, department, state: 'refused' } },
        work: async (transaction) => {
          if (!(await refuseRow(transaction, { keyid, reason, now }, exchange)))
            throw decidedAlready(row, 'refuse');
          await revokeEnrolment(transaction, { enrolment, reason: 'privilege-withdrawn', at: now, exchange });
        },
        bumpsEpoch: true,
      },
    );
  },
});
