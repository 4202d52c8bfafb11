import type { Permission } from '../../../policies/decision.ts';
import { layoutOf } from '../../domain/rowTable/layout.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import { fieldsToRead } from './requestedRows.ts';
import type { ReleaseServices } from './services.ts';

/** A whole row as a fetch for the release flow returns it: the fields that the permission needs, and the hash of its subject. */
export function asFetched(
  { keys }: Pick<ReleaseServices, 'keys'>,
  permission: Permission,
  { schema }: LiveDataset,
  whole: Readonly<Record<string, unknown>>,
): Pick<FetchedRow, 'record' | 'subject'> {
  const { subject } = layoutOf(schema);
  const needed = new Set(fieldsToRead(permission));
  const person = subject === undefined ? undefined : whole[subject.field];
  return {
    record: Object.fromEntries(Object.entries(whole).filter(([field]) => needed.has(field))),
    subject:
      typeof person === 'string'
        ? Buffer.from(keys.subjectHash(schema.subject?.kind ?? '', person), 'hex')
        : undefined,
  };
}
