import { listEntries as readEntries } from '../../audit/evidence/listEntries.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/** Entries in their order, as they were hashed. Reading the log is an entry too. */
export async function listEntries(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const from = Number(call.query['from'] ?? 0);
  const limit = Number(call.query['limit'] ?? 100);
  const page = await readEntries(services, { from, limit });
  return allowed(200, page, { facts: { change: { from, entries: page.entries.length } } });
}
