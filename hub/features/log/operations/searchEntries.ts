import { erasedSubject } from '../../../log/erasure.ts';
import { searchEntries as search, type EntrySearch } from '../../../log/evidence/searchEntries.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { allowed, type Call } from '../../../pipeline/call.ts';
import { erasedBefore } from '../../../log/store/erasures.ts';
import type { Services } from '../../common/services.ts';
import { hashOf, refuseIdentityNumbers } from './subjectOf.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * Finds entries. The entry of the search names what was searched by, never the subject: its identifier is turned into the lasting hash
 * and dropped. A search about a subject says why it is asked and for which case, and that stands in its entry.
 * @throws Problem search_identity_number for an identity number in reason or case; unknown_reference for a dataset that is not registered or says nothing about subjects
 */
export const searchEntries = operation('searchEntries', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere, auditor: own },
  owner: self,
  run: async (call, services) => {
    const { subject, ...filter } = call.body;
    refuseIdentityNumbers({ reason: subject?.reason, case: subject?.case });
    const found = await search(
      services,
      {
        ...(filter as Omit<EntrySearch, 'subject'>),
        ...ownEntries(call),
        ...(subject === undefined ? {} : { subject: hashOf(subject, services) }),
      },
      call.now,
    );
    return allowed<'searchEntries'>(
      200,
      { ...found, ...(await erasureTold(call, services)) },
      {
        facts: {
          ...(filter.dataset === undefined ? {} : { dataset: filter.dataset }),
          change: {
            by: Object.keys(call.body).sort().join(' '),
            entries: found.entries.length,
            ...(subject === undefined ? {} : { reason: subject.reason, case: subject.case }),
          },
        },
      },
    );
  },
});

/** A department's auditor is told nothing: that somebody's tokens were erased is itself about her. */
async function erasureTold(
  call: Call<StaffCaller, 'searchEntries'>,
  services: Services,
): Promise<{ readonly erasedBefore?: string }> {
  const { subject } = call.body;
  if (subject === undefined || ownEntries(call).scope !== undefined) return {};
  const { database, keys } = services;
  const before = await erasedBefore(database.app, erasedSubject(keys.subject, hashOf(subject, services)));
  return before === undefined ? {} : { erasedBefore: new Date(before).toISOString() };
}

/** An auditor of the data office sees all; one of a department what it gave or got. */
function ownEntries(call: Call<StaffCaller, 'searchEntries'>): Pick<EntrySearch, 'scope'> {
  const grants = call.caller.grants.filter(({ role }) => role === 'auditor');
  const [{ department } = {}] = grants;
  return grants.some((grant) => grant.department === undefined) || department === undefined
    ? {}
    : { scope: department };
}
