import type { components } from '../../../api/openapi.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { revokeEnrolment } from '../../store/identity/certificates.ts';
import { refuseKey as refuseRow } from '../../store/identity/keyHands.ts';
import type { Services } from '../services.ts';
import { decidedAlready, keyInQuestion } from './keyInQuestion.ts';

/** The data office ends a key, with the certificates that were enrolled with it. @throws Problem not_found, transition_not_allowed */
export async function refuseKey(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['KeyObjection'];
  const row = await keyInQuestion(call, services);
  const { keyid, department, enrolment } = row;
  const { now, exchange } = call;
  return allowed(
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
}
