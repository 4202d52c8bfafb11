import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { searchEntries as search, type EntrySearch } from '../../audit/evidence/searchEntries.ts';
import { holdsIdentityNumber } from '../../domain/identityNumberIn.ts';
import { subjectHash } from '../../domain/subjectHash.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

type Body = components['schemas']['LogSearch'];

/**
 * Finds entries. The entry of the search names what was searched by, never the subject: its identifier is turned into the lasting hash
 * and dropped. A search about a subject says why it is asked and for which case, and that stands in its entry.
 * @throws Problem search_identity_number for an identity number in reason or case; unknown_reference for a dataset that is not registered or says nothing about subjects
 */
export async function searchEntries(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const { subject, ...filter } = call.body as Body;
  // the log keeps reason and case for ever
  for (const [name, text] of Object.entries({ reason: subject?.reason, case: subject?.case }))
    if (text !== undefined && holdsIdentityNumber(text))
      throw new Problem('search_identity_number', { member: name });
  const found = await search(
    services,
    {
      ...(filter as Omit<EntrySearch, 'subject'>),
      ...ownEntries(call),
      ...(subject === undefined ? {} : { subject: hashOf(subject, services) }),
    },
    call.now,
  );
  return allowed(200, found, {
    facts: {
      ...(filter.dataset === undefined ? {} : { dataset: filter.dataset }),
      change: {
        by: Object.keys(call.body as Body)
          .sort()
          .join(' '),
        entries: found.entries.length,
        ...(subject === undefined ? {} : { reason: subject.reason, case: subject.case }),
      },
    },
  });
}

/** An auditor of the data office sees all; one of a department what it gave or got. */
function ownEntries(call: Call<StaffCaller>): Pick<EntrySearch, 'scope'> {
  const grants = call.caller.grants.filter(({ role }) => role === 'auditor');
  const [{ department } = {}] = grants;
  return grants.some((grant) => grant.department === undefined) || department === undefined
    ? {}
    : { scope: department };
}

function hashOf(subject: NonNullable<Body['subject']>, { registry, keys }: Services): Uint8Array {
  const kind = registry.current.datasets.get(subject.dataset)?.schema.subject?.kind;
  if (kind === undefined) throw new Problem('unknown_reference', { kind: 'Dataset', name: subject.dataset });
  return Buffer.from(subjectHash(keys.subject, kind, subject.value), 'hex');
}
