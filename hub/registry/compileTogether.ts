import type { PolicyContext } from '../../policies/context.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import { compilePlans } from '../../policies/plans.ts';
import { documentsOf } from '../../policies/questions/effectOf.ts';
import { compileStanding } from '../../policies/standingPlans.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { policyContext } from './policyContext.ts';
import { listDatasets } from '../store/registry/datasets.ts';
import { listDepartments } from '../store/identity/departments.ts';
import { listStandingPolicyDocuments } from '../store/policy/policyDocuments.ts';
import { listPurposes } from '../store/registry/purposes.ts';
import type { Reader } from '../store/database/reader.ts';
import { registeredSchemas } from './registeredSchemas.ts';
import { readable } from './verifyStanding.ts';

/** What is to come: a schema version, or a dataset bound to another one. */
export interface Coming {
  readonly schema?: DatasetSchema;
  readonly bind?: { readonly dataset: string; readonly schema: string };
}

/**
 * Compiles what is to come together with all documents that stand. What does not compile is never registered, so the walks always find
 * a set that does.
 * @throws Problem policy_does_not_compile, whose findings name the documents that do not go together
 */
export async function compileTogether(reader: Reader, coming: Coming): Promise<void> {
  const { documents, context } = await togetherWith(reader, coming);
  compilePlans(documents, context);
}

/** All documents that stand, and the registries as they are to come. */
export async function togetherWith(
  reader: Reader,
  { schema, bind }: Coming,
): Promise<{ readonly documents: readonly PolicyDocument[]; readonly context: PolicyContext }> {
  const documents = await listStandingPolicyDocuments(reader);
  const registered = await registeredSchemas(reader);
  const rows = {
    datasetRows: await listDatasets(reader),
    documents,
    purposes: await listPurposes(reader),
    departments: await listDepartments(reader),
  };
  // what stands and can no longer be read or compiled is denied as it is: it keeps nobody from mending it
  const standing = compileStanding(
    documents.flatMap(({ text }) => {
      const read = readable(text);
      return read === undefined ? [] : [{ document: read }];
    }),
    policyContext({ ...rows, schemas: [...registered.values()] }),
  );
  return {
    documents: documentsOf(standing.plans),
    context: policyContext({
      ...rows,
      datasetRows: rows.datasetRows.map((row) =>
        row.id === bind?.dataset ? { ...row, schema: bind.schema } : row,
      ),
      schemas: [...registered.values(), ...(schema === undefined ? [] : [schema])],
    }),
  };
}
