import type { PolicyDocument } from '../../../policies/documents/storedDocument.ts';
import { Problem } from '../../../terms/problem.ts';
import { consumerOf } from '../../registry/policyParties.ts';
import type { PolicyDocumentRow } from '../../store/policy/policyDocuments.ts';

type Named = Pick<PolicyDocumentRow, 'kind' | 'provider' | 'consumer'>;

/**
 * A number belongs to those who took it first: a further version is of the same kind and the same departments. Otherwise whoever writes
 * one could read what others agreed, and its coming into force would end their agreement without them.
 * @param versions all of that number
 * @throws Problem parties_differ, which does not say whose it is
 */
export function checkSameParties(document: PolicyDocument, versions: readonly Named[]): void {
  const { id, kind } = document;
  const [provider, consumer] =
    document.kind === 'Agreement' ? [document.provider, consumerOf(document)] : [null, null];
  const same = versions.every(
    (one) => one.kind === kind && one.provider === provider && one.consumer === consumer,
  );
  if (!same) throw new Problem('parties_differ', { id });
}
