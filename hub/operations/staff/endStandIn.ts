import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { endStandIn as end, standInById } from '../../store/identity/standIns.ts';
import type { Services } from '../services.ts';

/** It takes away and gives nothing: one person ends it, and it holds no more from the next call on. @throws Problem not_found, transition_not_allowed */
export async function endStandIn(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['StandInEnd'];
  const id = call.params['standIn'] ?? '';
  const row = await standInById(database.app, id);
  if (row === undefined) throw new Problem('not_found');
  const ended = new Problem('transition_not_allowed', { what: `StandIn ${id}`, state: 'ended', act: 'end' });
  if (row.ended) throw ended;
  return allowed(
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
}
