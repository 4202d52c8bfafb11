import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { endViewDelay as end, viewDelayById } from '../../store/subjects/viewDelays.ts';
import type { Services } from '../services.ts';

/** From the next look on the person is told again: one person ends it, with a reason. @throws Problem not_found, transition_not_allowed */
export async function endViewDelay(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['ViewDelayEnd'];
  const id = call.params['delay'] ?? '';
  const row = await viewDelayById(database.app, id);
  if (row === undefined) throw new Problem('not_found');
  const ended = new Problem('transition_not_allowed', {
    what: `ViewDelay ${id}`,
    state: 'ended',
    act: 'end',
  });
  if (row.endedBy !== null) throw ended;
  return allowed(
    200,
    { id, department: row.department, ended: true },
    {
      facts: { change: { kind: 'ViewDelay', id, department: row.department, act: 'end', reason } },
      work: async (transaction) => {
        if (!(await end(transaction, { id, by: call.caller.person, reason }))) throw ended;
      },
    },
  );
}
