import { ofOneHand } from '../../domain/standIn.ts';
import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { confirmKey as confirmRow } from '../../store/identity/keyHands.ts';
import type { Services } from '../services.ts';
import { decidedAlready, keyInQuestion, settles } from './keyInQuestion.ts';

/**
 * The second person compares the thumbprint with the department, and confirms it; not whoever issued the code. Under an objection the data
 * office decides.
 * @throws Problem not_found (or another department's), four_eyes, objection_pends, transition_not_allowed
 */
export async function confirmKey(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const named = call.body as components['schemas']['KeyConfirmation'];
  const row = await keyInQuestion(call, services);
  if (named.department !== row.department) throw new Problem('not_found');
  const by = call.caller.person;
  const { keyid, department } = row;
  if ([row.issuer, row.objectedBy].some((other) => ofOneHand(call.caller, other)))
    throw new Problem('four_eyes');
  if (row.objectedBy !== null && !settles(call.caller.grants))
    throw new Problem('objection_pends', { keyid });
  return allowed(
    200,
    { keyid, department, state: 'active' },
    {
      facts: { change: { keyid, department, state: 'active', objection: row.objectedBy !== null } },
      work: async (transaction) => {
        if (!(await confirmRow(transaction, { keyid, by }, call.exchange)))
          throw decidedAlready(row, 'confirm');
      },
      bumpsEpoch: true,
    },
  );
}
