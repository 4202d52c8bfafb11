import { isAutomaticId } from '../../../../policies/automaticAgreement.ts';
import type { PolicyDocument } from '../../../../policies/documents/storedDocument.ts';
import { Problem } from '../../../../terms/problem.ts';
import { consumerOf } from '../../../registry/policyParties.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { listDepartments } from '../../../identity/store/departments.ts';
import type { PolicyDocumentRow } from '../../../registry/store/policy/policyDocuments.ts';

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

/**
 * Whoever takes a number first keeps it, so some are not to be taken: those that the hub itself writes (`auto-…`), which anybody can work out
 * beforehand, and those that begin with a department's code (`agr-education-…`), which are that department's as a consumer.
 * @param versions all of that number
 * @throws Problem parties_differ, automatic_by_hub_only, number_of_department
 */
export async function checkNumber(
  reader: Reader,
  document: PolicyDocument,
  versions: readonly Named[],
): Promise<void> {
  checkSameParties(document, versions);
  if (versions.length > 0) return;
  const { id } = document;
  const agreement = document.kind === 'Agreement' ? document : undefined;
  if (isAutomaticId(id) && agreement?.automatic !== true) throw new Problem('automatic_by_hub_only');
  if (!id.startsWith('agr-')) return;
  const [department] = (await listDepartments(reader))
    .map(({ code }) => code)
    .filter((code) => id.startsWith(`agr-${code}-`))
    // `agr-tax-east-7` is of tax-east where there is one, else of tax
    .sort((one, other) => other.length - one.length);
  if (department === undefined || (agreement !== undefined && consumerOf(agreement) === department)) return;
  throw new Problem('number_of_department', { id, department });
}
