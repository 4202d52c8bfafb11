import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { endStandIn as end, standInById } from '../../../identity/store/standIns.ts';
import { guarded } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * Ends a stand-in from the next call on. One person is enough, because this removes rights and grants none.
 * @throws Problem not_found, transition_not_allowed
 */
export const endStandIn = operation('endStandIn', {
  kind: 'management',
  permission: guarded,
  owner: async (call, { database }) =>
    anyOf((await standInById(database.app, call.params.standIn))?.department),
  run: async (call, { database }) => {
    const { reason } = call.body;
    const id = call.params.standIn;
    const row = await standInById(database.app, id);
    if (row === undefined) throw new Problem('not_found');
    const ended = new Problem('transition_not_allowed', {
      what: `StandIn ${id}`,
      state: 'ended',
      act: 'end',
    });
    if (row.ended) throw ended;
    return allowed<'endStandIn'>(
      200,
      { id, ended: true },
      {
        facts: { change: { kind: 'StandIn', id, act: 'end', reason } },
        work: async (transaction) => {
          if (!(await end(transaction, { id, by: call.caller.person, reason }))) throw ended;
        },
        bumpsEpoch: true,
      },
    );
  },
});
