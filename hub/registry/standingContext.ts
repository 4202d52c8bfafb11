import type { PolicyContext } from '../../policies/context.ts';
import type { Reader } from '../platform/database/reader.ts';
import { listDepartments } from '../identity/store/departments.ts';
import { listStandingPolicyDocuments, type PolicyDocumentRow } from './store/policy/policyDocuments.ts';
import { listDatasets, unopenedDatasets } from './store/datasets.ts';
import { listPurposes } from './store/purposes.ts';
import { policyContext } from './policyContext.ts';
import { registeredSchemas } from './registeredSchemas.ts';

/** What documents are compiled against as things are registered now, with those that stand. */
export async function standingContext(
  reader: Reader,
): Promise<{ readonly rows: readonly PolicyDocumentRow[]; readonly context: PolicyContext }> {
  const rows = await listStandingPolicyDocuments(reader);
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
