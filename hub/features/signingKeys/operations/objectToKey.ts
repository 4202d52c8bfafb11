import { allowed } from '../../../pipeline/call.ts';
import { objectToKey as objectRow } from '../../../identity/store/keyHands.ts';
import { decidedAlready, keyInQuestion } from './keyInQuestion.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { ofKey } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * A person of the department says that a key is not the department's: it is not confirmed before the data office has decided. One that counts
 * goes on counting: whoever stole an older key must not be able to stop the new one.
 * @throws Problem not_found, transition_not_allowed
 */
export const objectToKey = operation('objectToKey', {
  kind: 'management',
  permission: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  owner: ofKey,
  run: async (call, services) => {
    const { reason } = call.body;
    const row = await keyInQuestion(call, services);
    const { keyid, department, state } = row;
    return allowed<'objectToKey'>(
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
  },
});
