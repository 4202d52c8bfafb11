import type { DepartmentKind, PolicyContext } from '../../policies/context.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { type DepartmentRow, listDepartments } from '../identity/store/departments.ts';
import {
  type PolicyDocumentRow,
  type PolicySignature,
  listPolicyDocumentsInForce,
} from './store/policy/policyDocuments.ts';
import { type DatasetRow, listDatasets, unopenedDatasets } from './store/datasets.ts';
import { type PurposeRow, listPurposes } from './store/purposes.ts';
import { consumerOf } from '../../policies/documents/agreement.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import type { Reader } from '../platform/database/reader.ts';
import { registeredSchemas } from './registeredSchemas.ts';
import { present } from '../../terms/defined.ts';

const policyKinds: Readonly<Record<DepartmentRow['kind'], DepartmentKind>> = {
  government: 'government',
  authorised: 'authorised',
  'public-service': 'public-service',
  contractor: 'entrusted',
};

/** The registries as context for compiling policy. */
export function policyContext(rows: {
  readonly schemas: readonly DatasetSchema[];
  readonly datasetRows: readonly DatasetRow[];
  /** those registered as shared unconditionally without confirmation by a catalogue entry: shared conditionally until one confirms it */
  readonly unopened: ReadonlySet<string>;
  readonly documents: readonly Pick<PolicyDocumentRow, 'id' | 'state'>[];
  readonly purposes: readonly PurposeRow[];
  readonly departments: readonly DepartmentRow[];
}): PolicyContext {
  const newest = new Map<string, DatasetSchema>();
  for (const schema of rows.schemas) {
    const name = `${schema.name}@${schema.major}`;
    if ((newest.get(name)?.minor ?? -1) < schema.minor) newest.set(name, schema);
  }
  const byUrn = new Map(rows.schemas.map((schema) => [schema.urn, schema]));
  const boundTo = new Map(rows.datasetRows.map((row) => [row.id, row.schema]));
  return {
    schemas: (name) => newest.get(name),
    bound: (dataset) => byUrn.get(boundTo.get(dataset) ?? ''),
    sharing: new Map(
      rows.datasetRows.map(({ id, sharing: type, conditions }) => [
        id,
        {
          type: rows.unopened.has(id) ? 'conditional' : type,
          ...(conditions === '' ? {} : { conditions }),
        },
      ]),
    ),
    modes: new Map(rows.datasetRows.map(({ id, mode }) => [id, mode])),
    registered: rows.schemas,
    datasets: rows.datasetRows.map((row) => row.id),
    suspended: rows.documents.filter((row) => row.state === 'suspended').map((row) => row.id),
    purposes: rows.purposes.map(({ code, parent, titleZh, titleEn }) => ({
      code,
      title: { zh: titleZh, en: titleEn },
      ...present({ parent }),
    })),
    departments: rows.departments.map(({ code, kind, parent, principal, region, nameZh, nameEn }) => ({
      code,
      kind: policyKinds[kind],
      title: { zh: nameZh, en: nameEn },
      ...present({ parent, principal, region }),
    })),
  };
}

/** `typ` of the JWS, so that a signature for another purpose is never accepted for an agreement. */
export const policySignatureType = 'datong-policy+jws';

export interface Party {
  readonly role: PolicySignature['role'];
  readonly department: string;
}

/**
 * An agreement is signed by both its departments, a restriction by the data office. An agreement written by the hub has no signature: the
 * provider has shared the dataset unconditionally, and the entry of the request names the requester.
 */
export function requiredParties(document: PolicyDocument, departments: readonly DepartmentRow[]): Party[] {
  if (document.kind === 'Restriction') {
    const office = departments.find((department) => department.dataOffice);
    return [{ role: 'data-office', department: office?.code ?? 'data-office' }];
  }
  // a higher platform has decided: the entry records who imported and who confirmed it
  if (document.automatic === true || document.approval !== undefined) return [];
  return [
    { role: 'provider', department: document.provider },
    { role: 'consumer', department: consumerOf(document) },
  ];
}

/** The current context for compiling documents, with the documents in force. @param list reads them */
export async function currentContext(
  reader: Reader,
  list = listPolicyDocumentsInForce,
): Promise<{ readonly rows: readonly PolicyDocumentRow[]; readonly context: PolicyContext }> {
  const rows = await list(reader);
  const context = policyContext({
    schemas: [...(await registeredSchemas(reader)).values()],
    datasetRows: await listDatasets(reader),
    unopened: await unopenedDatasets(reader),
    documents: rows,
    purposes: await listPurposes(reader),
    departments: await listDepartments(reader),
  });
  return { rows, context };
}
