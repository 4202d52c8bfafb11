import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { searchEntries as search, type EntrySearch } from '../../audit/evidence/searchEntries.ts';
import { subjectHash } from '../../exchange/subjectHash.ts';
import type { ManagedCall, ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';

type Body = components['schemas']['LogSearch'];

/**
 * Finds entries. The entry of the search names what was searched by, never the subject: its identifier is turned into the lasting hash
 * and dropped.
 * @throws Problem unknown_reference for a dataset that is not registered or says nothing about subjects
 */
export async function searchEntries(call: ManagedCall, services: Services): Promise<ManagedOutcome> {
  const { subject, ...filter } = call.body as Body;
  const found = await search(
    services,
    {
      ...(filter as Omit<EntrySearch, 'subject'>),
      ...(subject === undefined ? {} : { subject: hashOf(subject, services) }),
    },
    call.now,
  );
  return {
    status: 200,
    body: found,
    facts: {
      kind: 'inspect',
      ...(filter.dataset === undefined ? {} : { dataset: filter.dataset }),
      change: {
        by: Object.keys(call.body as Body)
          .sort()
          .join(' '),
        entries: found.entries.length,
      },
    },
  };
}

function hashOf(subject: NonNullable<Body['subject']>, { registry, keys }: Services): Uint8Array {
  const kind = registry.current.datasets.get(subject.dataset)?.schema.subject?.kind;
  if (kind === undefined) throw new Problem('unknown_reference', { kind: 'Dataset', name: subject.dataset });
  return Buffer.from(subjectHash(keys.subject, kind, subject.value), 'hex');
}
