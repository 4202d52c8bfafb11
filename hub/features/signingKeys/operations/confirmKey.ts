import { ofOneHand } from '../../../domain/standIn.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { confirmKey as confirmRow } from '../../../identity/store/keyHands.ts';
import { decidedAlready, keyInQuestion, settles } from './keyInQuestion.ts';
import { guarded } from '../../../domain/cells.ts';
import { ofKey } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * The second person compares the thumbprint with the department, and confirms it; not whoever issued the code. Under an objection the data
 * office decides.
 * @throws Problem not_found (or another department's), four_eyes, objection_pends, transition_not_allowed
 */
export const confirmKey = operation('confirmKey', {
  kind: 'management',
  permission: guarded,
  owner: ofKey,
  run: async (call, services) => {
    const named = call.body;
    const row = await keyInQuestion(call, services);
    if (named.department !== row.department) throw new Problem('not_found');
    const by = call.caller.person;
    const { keyid, department } = row;
    if ([row.issuer, row.objectedBy].some((other) => ofOneHand(call.caller, other)))
      throw new Problem('four_eyes');
    if (row.objectedBy !== null && !settles(call.caller.grants))
      throw new Problem('objection_pends', { keyid });
    return allowed<'confirmKey'>(
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
  },
});
