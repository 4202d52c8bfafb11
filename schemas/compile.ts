/** Compiled schema versions: one fresh Ajv each, kept by digest, since versions never change. */
import type { ValidateFunction } from 'ajv';
import { createHash } from 'node:crypto';
import { newAjv } from './ajv.ts';
import { canonicalText } from './canonicalText.ts';
import { compileFailure } from './compileFailure.ts';
import type { DatasetSchema, JsonSchema } from './datasetSchema.ts';
import { fieldChecks, type FieldChecks } from './fieldChecks.ts';
import { guarded } from './guarded.ts';
import { explainErrors, type FieldFinding } from './explain.ts';
import { Lru } from './lru.ts';
import { schemaInvalid } from './parse.ts';

export type { FieldFinding } from './explain.ts';

export interface CompiledSchema {
  readonly schema: DatasetSchema;
  /** Whether a record is valid: the first pass, for every record. */
  readonly check: (record: unknown) => boolean;
  /** The same check taken apart, where the schema allows it; compiled when it is first asked for. */
  readonly fields: () => FieldChecks | undefined;
  /** All that is wrong with a record (at most 20 findings), never with a value in it: the second pass, for failed records. */
  readonly explain: (record: unknown) => FieldFinding[];
}

const compiled = new Lru<CompiledSchema>(500);
const plain = new Lru<(value: unknown) => boolean>(500);

/**
 * Compiles a schema version, or returns it from the 500 used last. The schema has passed lint (parseDatasetSchema).
 * @throws Problem schema_invalid, finding compile_failed, when Ajv's strict mode refuses what lint lets pass
 */
export function compileSchema(schema: DatasetSchema): CompiledSchema {
  const known = compiled.get(schema.digest);
  if (known !== undefined) return known;
  const check = guarded(validator(schema, false));
  let explaining: ValidateFunction | undefined;
  let checks: { readonly of: FieldChecks | undefined } | undefined;
  const fresh: CompiledSchema = {
    schema,
    check,
    fields: () => (checks ??= { of: fieldChecks(schema) }).of,
    explain: (record) => {
      explaining ??= validator(schema, true);
      return explainErrors(schema, explaining, record);
    },
  };
  compiled.set(schema.digest, fresh);
  return fresh;
}

/** Compiles a schema that the hub itself derived (a masked shape), with the same flags, formats and keywords. */
export function compilePlain(document: JsonSchema): (value: unknown) => boolean {
  const key = createHash('sha256').update(canonicalText(document)).digest('base64url');
  const known = plain.get(key);
  if (known !== undefined) return known;
  const fresh = guarded(newAjv({ allErrors: false, strictTypes: false }).compile({ ...document }));
  plain.set(key, fresh);
  return fresh;
}

function validator(schema: DatasetSchema, allErrors: boolean): ValidateFunction {
  const ajv = newAjv({ allErrors });
  try {
    for (const other of schema.references ?? []) ajv.addSchema({ ...other });
    return ajv.compile({ ...schema.document });
  } catch (error) {
    throw schemaInvalid(compileFailure(error));
  }
}
