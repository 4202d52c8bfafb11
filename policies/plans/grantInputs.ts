/** Inputs of an agreement's plans in addition to the documents of its set: while they are unchanged, so are the plans. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { PolicyContext } from '../context.ts';
import type { DatasetMode } from '../datasetMode.ts';
import type { Agreement, Grant } from '../documents/agreement.ts';

/** Inputs of one compiled grant. A version of a schema never changes: the same value is the same text. */
export interface GrantInputs {
  readonly schema: DatasetSchema | undefined;
  /** 不予共享 */
  readonly unshared: boolean;
  readonly mode: DatasetMode | undefined;
}

/** Inputs of each grant of an agreement, in their order. */
export const grantInputsOf = ({ grants }: Agreement, context: PolicyContext): readonly GrantInputs[] =>
  grants.map((grant) => inputsOf(grant, context));

export const inputsOf = (grant: Grant, context: PolicyContext): GrantInputs => ({
  schema: schemaOf(grant, context),
  unshared: context.sharing?.get(grant.dataset)?.type === 'none',
  mode: context.modes?.get(grant.dataset),
});

/** The version the dataset is bound to, if it belongs to the schema that the grant names. */
function schemaOf({ dataset, schema }: Grant, context: PolicyContext): DatasetSchema | undefined {
  const bound = context.bound?.(dataset);
  if (bound === undefined) return context.schemas(schema);
  return `${bound.name}@${bound.major}` === schema ? bound : undefined;
}

export const sameInputs = (some: readonly GrantInputs[], others: readonly GrantInputs[]): boolean =>
  some.length === others.length &&
  some.every(({ schema, unshared, mode }, index) => {
    const other = others[index];
    return schema === other?.schema && unshared === other?.unshared && mode === other.mode;
  });

/** Departments and purposes that plans depend on, as a text for comparison. */
export const registriesText = ({ purposes, departments, sandbox }: PolicyContext): string =>
  JSON.stringify([
    sandbox === true,
    purposes.map(({ code, parent }) => [code, parent ?? null]),
    departments.map(({ code, kind, parent, region, principal }) => [
      ...[code, kind ?? null, parent ?? null],
      ...[region ?? null, principal ?? null],
    ]),
  ]);
