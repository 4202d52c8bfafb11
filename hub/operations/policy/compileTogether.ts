import { parsePolicyDocument } from '../../../policies/documents/parseDocument.ts';
import type { PolicyDocument } from '../../../policies/documents/storedDocument.ts';
import { compilePlans } from '../../../policies/plans.ts';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { policyContext } from '../../exchange/registry.ts';
import { listDatasets } from '../../store/datasets.ts';
import { listDepartments } from '../../store/departments.ts';
import { listStandingPolicyDocuments } from '../../store/policyDocuments.ts';
import { listPurposes } from '../../store/purposes.ts';
import type { Reader } from '../../store/reader.ts';
import { registeredSchemas } from '../registry/registeredSchemas.ts';

/**
 * Compiles a document, or a schema version, together with all that stand, as they would be if it replaced its earlier version. What does
 * not compile never comes into force, so the walks always find a set that does.
 * @throws Problem policy_does_not_compile, whose findings name the documents that do not go together
 */
export async function compileTogether(
  reader: Reader,
  candidate: { readonly document: PolicyDocument } | { readonly schema: DatasetSchema },
): Promise<void> {
  const document = 'document' in candidate ? [candidate.document] : [];
  const schema = 'schema' in candidate ? [candidate.schema] : [];
  const documents = (await listStandingPolicyDocuments(reader)).filter((row) => row.id !== document[0]?.id);
  const context = policyContext({
    schemas: [...(await registeredSchemas(reader)).values(), ...schema],
    datasetRows: await listDatasets(reader),
    documents,
    purposes: await listPurposes(reader),
    departments: await listDepartments(reader),
  });
  compilePlans([...documents.map((row) => parsePolicyDocument(row.text)), ...document], context);
}
