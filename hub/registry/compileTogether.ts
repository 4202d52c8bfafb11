import { inTurns } from '../../machine/breather.ts';
import type { PolicyContext } from '../../policies/context.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import { compileInSteps, plansOf, type Plans } from '../../policies/plans.ts';
import { documentsOf } from '../../policies/questions/effectOf.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { RegistrySnapshot } from './snapshot.ts';

/** What is to come: a schema version, or a dataset bound to another one. */
export interface Coming {
  readonly schema?: DatasetSchema;
  readonly bind?: { readonly dataset: string; readonly schema: string };
}

/** A reading as new as the log; what is registered meanwhile moves the epoch, and then the call is decided again. */
export type ReadTogether = Pick<RegistrySnapshot, 'plans' | 'context' | 'schemas'>;

/**
 * Compiles what is to come together with all documents that stand: anew those whose datasets it reaches, the others as they are. What does
 * not compile is never registered, so the walks always find a set that does. What stands and can no longer be read or compiled is denied as
 * it is: it keeps nobody from mending it.
 * @returns all of them as they would decide then
 * @throws Problem policy_does_not_compile, whose findings name the documents that do not go together
 */
export async function compileTogether(read: ReadTogether, coming: Coming): Promise<Plans> {
  const { documents, context } = togetherWith(read, coming);
  return plansOf(await inTurns(compileInSteps(documents, context, read.plans)));
}

/** All documents that stand, and the registries as they are to come. */
export function togetherWith(
  { plans, context, schemas }: ReadTogether,
  { schema, bind }: Coming,
): { readonly documents: readonly PolicyDocument[]; readonly context: PolicyContext } {
  const newest = (name: string): DatasetSchema | undefined => {
    const known = context.schemas(name);
    if (schema === undefined || name !== `${schema.name}@${schema.major}`) return known;
    return known !== undefined && known.minor > schema.minor ? known : schema;
  };
  return {
    documents: documentsOf(plans),
    context: {
      ...context,
      schemas: newest,
      bound: (dataset) =>
        dataset === bind?.dataset ? schemas.get(bind.schema)?.schema : context.bound?.(dataset),
      registered: [...(context.registered ?? []), ...(schema === undefined ? [] : [schema])],
    },
  };
}
