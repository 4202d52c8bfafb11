import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { savedSearches } from '../../store/audit/savedSearches.ts';
import type { Services } from '../services.ts';

/** The searches that the caller keeps. */
export async function listSavedSearches(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const rows = await savedSearches(database.app, call.caller.person);
  const searches = rows.map(({ name, question }) => ({ name, question: JSON.parse(question) as object }));
  return allowed(200, { searches }, { facts: { change: { searches: searches.length } } });
}
