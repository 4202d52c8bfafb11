import { allowed } from '../../../pipeline/call.ts';
import { savedSearches } from '../../../log/store/savedSearches.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** The searches that the caller keeps. */
export const listSavedSearches = operation('listSavedSearches', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere, auditor: own },
  owner: self,
  run: async (call, { database }) => {
    const rows = await savedSearches(database.app, call.caller.person);
    const searches = rows.map(({ name, question }) => ({ name, question: JSON.parse(question) as object }));
    return allowed<'listSavedSearches'>(
      200,
      { searches },
      { facts: { change: { searches: searches.length } } },
    );
  },
});
