import type { components } from '../../../api/openapi.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { objectToKey as objectRow } from '../../store/identity/keyHands.ts';
import type { Services } from '../services.ts';
import { decidedAlready, keyInQuestion } from './keyInQuestion.ts';

/**
 * A person of the department says that a key is not the department's: it is not confirmed before the data office has decided. One that counts
 * goes on counting: whoever stole an older key must not be able to stop the new one.
 * @throws Problem not_found, transition_not_allowed
 */
export async function objectToKey(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['KeyObjection'];
  const row = await keyInQuestion(call, services);
  const { keyid, department, state } = row;
  return allowed(
    200,
    { keyid, department, state },
    {
      facts: { change: { keyid, department, state, objected: true } },
      work: async (transaction) => {
        const objection = { keyid, by: call.caller.person, reason };
        if (!(await objectRow(transaction, objection, call.exchange))) throw decidedAlready(row, 'object');
      },
    },
  );
}
