import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { dropSearch } from '../../../log/store/savedSearches.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Keeps a search no longer. @throws Problem not_found */
export const dropSavedSearch = operation('dropSavedSearch', {
  kind: 'management',
  permission: { 'office auditor': everywhere, auditor: own },
  owner: self,
  run: (call, _services) => {
    const { name } = call.body;
    const { person } = call.caller;
    return allowed<'dropSavedSearch'>(
      200,
      { name },
      {
        facts: { change: { dropped: name } },
        work: async (transaction) => {
          if (!(await dropSearch(transaction, person, name))) throw new Problem('not_found');
        },
      },
    );
  },
});
