/** Automatic agreements: on a dataset that is shared unconditionally, the hub itself writes the agreement; nobody has to sign or approve it. */
import { automaticAgreement } from '../../../policies/automaticAgreement.ts';
import type { Agreement } from '../../../policies/documents/agreement.ts';
import { parseAgreement } from '../../../policies/documents/parseDocument.ts';
import { datasetId } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { datasetById, type DatasetRow } from '../../store/registry/datasets.ts';
import { policyDocumentVersions } from '../../store/policy/policyDocuments.ts';
import type { Reader } from '../../store/database/reader.ts';
import { registeredSchemas } from '../../registry/registeredSchemas.ts';

/** What a consumer asks for. */
export interface AutomaticRequest {
  readonly dataset: string;
  readonly consumer: string;
  readonly purpose: string;
  /** RFC 3339 times with offset, half-open */
  readonly valid: { readonly from: string; readonly until: string };
}

/**
 * The agreement the hub grants: every field that is not personal, clear. Asking again for the same term gives the same version, for
 * another term the next one.
 * @throws Problem unknown_reference, sharing_not_unconditional, policy_invalid
 */
export async function writeAutomatic(reader: Reader, request: AutomaticRequest): Promise<Agreement> {
  const { consumer, purpose, valid } = request;
  const row = await datasetById(reader, request.dataset);
  if (row === undefined) throw new Problem('unknown_reference', { kind: 'Dataset', name: request.dataset });
  refuseConditional(row);
  const schema = (await registeredSchemas(reader)).get(row.schema);
  if (schema === undefined) throw new Problem('unknown_reference', { kind: 'Schema', name: row.schema });
  const first = automaticAgreement(datasetId(row.id), schema, consumer, purpose, valid);
  const versions = await policyDocumentVersions(reader, first.id);
  const same = versions
    .map((known) => inVersion(first, known.version))
    .find((agreement, index) => {
      return agreement.digest === versions[index]?.digest;
    });
  return same ?? inVersion(first, (versions.at(-1)?.version ?? 0) + 1);
}

/** @throws Problem sharing_not_unconditional, unknown_reference */
export async function checkUnconditional(reader: Reader, { grants }: Agreement): Promise<void> {
  for (const { dataset } of grants) {
    const row = await datasetById(reader, dataset);
    if (row === undefined) throw new Problem('unknown_reference', { kind: 'Dataset', name: dataset });
    refuseConditional(row);
  }
}

/** @throws Problem sharing_not_unconditional */
function refuseConditional({ id, sharing }: Pick<DatasetRow, 'id' | 'sharing'>): void {
  if (sharing !== 'unconditional') throw new Problem('sharing_not_unconditional', { dataset: id });
}

const inVersion = (agreement: Agreement, version: number): Agreement =>
  parseAgreement({ ...(JSON.parse(agreement.canonical) as object), version }, agreement.id);
