import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { compareDelaysAgain, endViewDelay as end, viewDelayById } from '../store/viewDelays.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * Ends a delay. The person is shown access records again from the next one on. One person ends it, with a reason.
 * @throws Problem not_found, transition_not_allowed
 */
export const endViewDelay = operation('endViewDelay', {
  kind: 'management',
  permission: { 'office steward': everywhere, 'office security': everywhere, security: own },
  owner: async (call, { database }) =>
    anyOf((await viewDelayById(database.app, call.params.delay))?.department),
  run: async (call, { database }) => {
    const { reason } = call.body;
    const id = call.params.delay;
    const row = await viewDelayById(database.app, id);
    if (row === undefined) throw new Problem('not_found');
    const ended = new Problem('transition_not_allowed', {
      what: `ViewDelay ${id}`,
      state: 'ended',
      act: 'end',
    });
    if (row.endedBy !== null) throw ended;
    return allowed<'endViewDelay'>(
      200,
      { id, department: row.department, ended: true },
      {
        facts: { change: { kind: 'ViewDelay', id, department: row.department, act: 'end', reason } },
        work: async (transaction) => {
          if (!(await end(transaction, { id, by: call.caller.person, reason }))) throw ended;
        },
        // this process shows what the delay hid at once
        whenDurable: () => {
          compareDelaysAgain(database.app);
        },
      },
    );
  },
});
