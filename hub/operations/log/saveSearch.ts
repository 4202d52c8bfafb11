import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { savedSearches, saveSearch as keep } from '../../store/audit/savedSearches.ts';
import type { Services } from '../services.ts';
import { refuseIdentityNumbers } from './subjectOf.ts';

const mostSaved = 100;

/**
 * Keeps a search under a name, for its person alone; whom a search is about is never kept.
 * @throws Problem search_identity_number, saved_searches_full
 */
export async function saveSearch(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const { name, question } = call.body as components['schemas']['SavedSearch'];
  refuseIdentityNumbers({ name, ...(question as Readonly<Record<string, string>>) });
  const { person } = call.caller;
  const saved = await savedSearches(database.app, person);
  if (saved.length >= mostSaved && !saved.some((one) => one.name === name))
    throw new Problem('saved_searches_full', { most: mostSaved });
  return allowed(
    200,
    { name, question },
    {
      facts: { change: { saved: name, by: Object.keys(question).sort().join(' ') } },
      work: (transaction) => keep(transaction, person, { name, question: JSON.stringify(question) }),
    },
  );
}
