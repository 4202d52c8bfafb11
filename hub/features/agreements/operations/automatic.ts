/**
 * Automatic agreements: for a dataset that is shared unconditionally, the hub writes the agreement itself. No signature or approval is
 * needed. A catalogue entry declares the unconditional sharing, and two persons approved that entry. No steward can open data to everyone
 * alone (docs/decisions/0053-second-person.md).
 */
import { automaticAgreement } from '../../../../policies/automaticAgreement.ts';
import type { Agreement } from '../../../../policies/documents/agreement.ts';
import { parseAgreement } from '../../../../policies/documents/parseDocument.ts';
import { datasetId } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { openStates } from '../../../domain/agreement.ts';
import { isOpened } from '../../../registry/store/catalogue.ts';
import { datasetById, lockDataset, type DatasetRow } from '../../../registry/store/datasets.ts';
import { policyDocumentVersions } from '../../../registry/store/policy/policyDocuments.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { registeredSchemas } from '../../../registry/registeredSchemas.ts';

/** The consumer's request. */
export interface AutomaticRequest {
  readonly dataset: string;
  readonly consumer: string;
  readonly purpose: string;
  /** RFC 3339 times with offset, half-open */
  readonly valid: { readonly from: string; readonly until: string };
}

/**
 * The agreement that the hub grants: every field that is not personal, in clear text. A repeated request for the same term returns the
 * same version until it has ended. A request for another term, or for that of an ended version, creates the next version.
 * @throws Problem unknown_reference, sharing_not_unconditional, sharing_without_entry, policy_invalid
 */
export async function writeAutomatic(reader: Reader, request: AutomaticRequest): Promise<Agreement> {
  const { consumer, purpose, valid } = request;
  const row = known(request.dataset, await datasetById(reader, request.dataset));
  await refuseConditional(reader, row);
  const schema = (await registeredSchemas(reader)).get(row.schema);
  if (schema === undefined) throw new Problem('unknown_reference', { kind: 'Schema', name: row.schema });
  const first = automaticAgreement(datasetId(row.id), schema, consumer, purpose, valid);
  const versions = await policyDocumentVersions(reader, first.id);
  const same = versions
    .filter(({ state }) => openStates.some((open) => open === state))
    .map(({ version, digest }) => ({ agreement: inVersion(first, version), digest }))
    .find(({ agreement, digest }) => agreement.digest === digest)?.agreement;
  return same ?? inVersion(first, (versions.at(-1)?.version ?? 0) + 1);
}

/** @throws Problem sharing_not_unconditional, sharing_without_entry, unknown_reference */
export async function checkUnconditional(reader: Reader, { grants }: Agreement): Promise<void> {
  for (const { dataset } of grants)
    await refuseConditional(reader, known(dataset, await datasetById(reader, dataset)));
}

/**
 * Repeats the check under the lock of each dataset, because a concurrent entry may have changed the sharing type.
 * @throws Problem sharing_not_unconditional, sharing_without_entry, unknown_reference
 */
export async function holdUnconditional(transaction: Transaction, { grants }: Agreement): Promise<void> {
  for (const dataset of grants.map((grant) => grant.dataset).sort())
    await refuseConditional(transaction, known(dataset, await lockDataset(transaction, dataset)));
}

/** @throws Problem unknown_reference */
function known(dataset: string, row: DatasetRow | undefined): DatasetRow {
  if (row === undefined) throw new Problem('unknown_reference', { kind: 'Dataset', name: dataset });
  return row;
}

/** @throws Problem sharing_not_unconditional, sharing_without_entry */
async function refuseConditional(
  reader: Reader,
  { id, sharing }: Pick<DatasetRow, 'id' | 'sharing'>,
): Promise<void> {
  if (sharing !== 'unconditional') throw new Problem('sharing_not_unconditional', { dataset: id });
  if (!(await isOpened(reader, id))) throw new Problem('sharing_without_entry', { dataset: id });
}

const inVersion = (agreement: Agreement, version: number): Agreement =>
  parseAgreement({ ...(JSON.parse(agreement.canonical) as object), version }, agreement.id);
