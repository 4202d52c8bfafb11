/** Compiled schema versions: one fresh Ajv each, kept by digest beside the surroundings that they were compiled in. */
import { LRUCache } from 'lru-cache';
import type { ValidateFunction } from 'ajv';
import { createHash } from 'node:crypto';
import { newAjv } from './ajv.ts';
import { canonicalText } from './canonicalText.ts';
import { compileFailure } from './compileFailure.ts';
import type { DatasetSchema, JsonSchema } from './datasetSchema.ts';
import { fieldChecks, type FieldChecks } from './fieldChecks.ts';
import { guarded } from './guarded.ts';
import { explainErrors, type FieldFinding } from './explain.ts';
import { KnownFindings } from './knownFindings.ts';

import { schemaInvalid } from './parse.ts';
import type { Surroundings } from './surroundings.ts';

export type { FieldFinding } from './explain.ts';

export interface CompiledSchema {
  readonly schema: DatasetSchema;
  readonly surroundings: Surroundings;
  /** Whether a record is valid: the first pass, for every record. */
  readonly check: (record: unknown) => boolean;
  /** The same check taken apart, where the schema allows it; compiled when it is first asked for. */
  readonly fields: () => FieldChecks | undefined;
  /** All that is wrong with a record (at most 20 findings), never with a value in it: the second pass, for failed records. */
  readonly explain: (record: unknown) => FieldFinding[];
}

interface Kept {
  readonly schemas: LRUCache<string, CompiledSchema>;
  readonly plain: LRUCache<string, (value: unknown) => boolean>;
}

/** What was compiled belongs to its surroundings: others, with other code lists, never see it. */
const kept = new WeakMap<Surroundings, Kept>();

function keptIn(surroundings: Surroundings): Kept {
  const known = kept.get(surroundings) ?? {
    schemas: new LRUCache<string, CompiledSchema>({ max: 500 }),
    plain: new LRUCache<string, (value: unknown) => boolean>({ max: 500 }),
  };
  kept.set(surroundings, known);
  return known;
}

/**
 * Compiles a schema version, or returns it from the 500 used last. The schema has passed lint (parseDatasetSchema).
 * @throws Problem schema_invalid when Ajv's strict mode refuses what lint lets pass
 */
export function compileSchema(schema: DatasetSchema, surroundings: Surroundings): CompiledSchema {
  const { schemas } = keptIn(surroundings);
  const known = schemas.get(schema.digest);
  if (known !== undefined) return known;
  const check = guarded(validator(schema, surroundings, false));
  let explaining: ValidateFunction | undefined;
  const findings = new KnownFindings<FieldFinding>();
  let checks: { readonly of: FieldChecks | undefined } | undefined;
  const fresh: CompiledSchema = {
    schema,
    surroundings,
    check,
    fields: () => (checks ??= { of: fieldChecks(schema, surroundings) }).of,
    explain: (record) => {
      explaining ??= validator(schema, surroundings, true);
      return explainErrors(schema, surroundings, explaining, record, findings);
    },
  };
  schemas.set(schema.digest, fresh);
  return fresh;
}

/** Compiles a schema that the hub itself derived (a masked shape), with the same flags, formats and keywords. */
export function compilePlain(document: JsonSchema, surroundings: Surroundings): (value: unknown) => boolean {
  const { plain } = keptIn(surroundings);
  const key = createHash('sha256').update(canonicalText(document)).digest('base64url');
  const known = plain.get(key);
  if (known !== undefined) return known;
  const fresh = guarded(
    newAjv(surroundings, { allErrors: false, strictTypes: false }).compile({ ...document }),
  );
  plain.set(key, fresh);
  return fresh;
}

function validator(schema: DatasetSchema, surroundings: Surroundings, allErrors: boolean): ValidateFunction {
  const ajv = newAjv(surroundings, { allErrors });
  try {
    for (const other of schema.references ?? []) ajv.addSchema({ ...other });
    return ajv.compile({ ...schema.document });
  } catch (error) {
    throw schemaInvalid(compileFailure(error));
  }
}
