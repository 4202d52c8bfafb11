import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';
import type { Services } from '../../common/services.ts';

/** The lasting hash of a person or organisation; the identifier is dropped. @throws Problem unknown_reference */
export function hashOf(
  subject: { readonly dataset: string; readonly value: string },
  { registry, keys }: Pick<Services, 'registry' | 'keys'>,
): Uint8Array {
  const kind = registry.current.datasets.get(subject.dataset)?.schema.subject?.kind;
  if (kind === undefined) throw new Problem('unknown_reference', { kind: 'Dataset', name: subject.dataset });
  return Buffer.from(subjectHash(keys.subject, kind, subject.value), 'hex');
}

/** The log keeps reason and case for ever. @throws Problem search_identity_number */
export function refuseIdentityNumbers(texts: Readonly<Record<string, string | undefined>>): void {
  for (const [member, text] of Object.entries(texts))
    if (text !== undefined && holdsIdentityNumber(text))
      throw new Problem('search_identity_number', { member });
}
