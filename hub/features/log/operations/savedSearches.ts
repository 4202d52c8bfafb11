import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { savedSearches, saveSearch as keep, dropSearch } from '../../../log/store/savedSearches.ts';
import { refuseIdentityNumbers } from './sealedSubjects.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const maxSaved = 100;

/**
 * Saves a search under a name, visible only to its owner. The subject of a search is never stored.
 * @throws Problem search_identity_number, saved_searches_full
 */
export const saveSearch = operation('saveSearch', {
  kind: 'management',
  permission: { 'office auditor': everywhere, auditor: own },
  owner: self,
  run: async (call, { database }) => {
    const { name, question } = call.body;
    refuseIdentityNumbers({ name, ...(question as Readonly<Record<string, string>>) });
    const { person } = call.caller;
    const saved = await savedSearches(database.app, person);
    if (saved.length >= maxSaved && !saved.some((one) => one.name === name))
      throw new Problem('saved_searches_full', { most: maxSaved });
    return allowed<'saveSearch'>(
      200,
      { name, question },
      {
        facts: { change: { saved: name, by: Object.keys(question).sort().join(' ') } },
        work: (transaction) => keep(transaction, person, { name, question: JSON.stringify(question) }),
      },
    );
  },
});

/** Deletes a saved search. @throws Problem not_found */
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

/** Returns the caller's saved searches. */
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
