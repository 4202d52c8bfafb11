import { listDestroyed } from '../../audit/retention/listDestroyed.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';

/** Destroyed entries by units, with the hashes that stay of them: a verification goes on by these. Reading the log is an entry too. */
export async function listDestructions(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const from = Number(call.query['from'] ?? 0);
  const page = await listDestroyed(services, from);
  return allowed(200, page, { facts: { change: { from, units: page.destructions.length } } });
}
