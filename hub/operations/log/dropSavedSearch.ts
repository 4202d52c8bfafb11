import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { dropSearch } from '../../store/audit/savedSearches.ts';
import type { Services } from '../services.ts';

/** Keeps a search no longer. @throws Problem not_found */
export function dropSavedSearch(call: Call<StaffCaller>, _services: Services): Outcome {
  const { name } = call.body as components['schemas']['SavedSearchName'];
  const { person } = call.caller;
  return allowed(
    200,
    { name },
    {
      facts: { change: { dropped: name } },
      work: async (transaction) => {
        if (!(await dropSearch(transaction, person, name))) throw new Problem('not_found');
      },
    },
  );
}
