import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { inboxOf } from './inboxOf.ts';

/** GET /v1/inbox: what waits for another person, as far as the caller may decide it, and what departments owe. */
export async function listWaiting(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const sections = await inboxOf(call, services);
  const counts = Object.entries(sections).map(([name, found]): [string, number] => [name, found.length]);
  return allowed(200, sections, { facts: { change: Object.fromEntries(counts) } });
}
