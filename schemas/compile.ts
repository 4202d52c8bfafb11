/** Compiles schema versions: one fresh Ajv each, cached by digest for the surroundings in which they were compiled. */
import { LRUCache } from 'lru-cache';
import type { ValidateFunction, Options } from 'ajv';
import { createHash } from 'node:crypto';
import { newAjv } from './ajv.ts';
import { canonicalText } from './readJson.ts';
import type { DatasetSchema, JsonSchema } from './datasetSchema.ts';
import { fieldChecks, type FieldChecks } from './fieldChecks.ts';
import { guarded } from './guarded.ts';
import { explainErrors, type FieldFinding } from './explain.ts';
import { KnownFindings } from './knownFindings.ts';
import { schemaInvalid } from './parse.ts';
import type { Surroundings } from './surroundings.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Finding } from './messages.ts';
import { pointerTo } from './jsonSchema.ts';
import { newReport } from './lint/report.ts';
import type { LintCode } from './lint/rules.ts';

/**
 * Converts the validator's rejection of a document into a finding at the place concerned. Its strict mode makes a few checks beyond lint,
 * with its own texts: known ones are replaced by ours.
 */
export function compileFailure(error: unknown): Finding[] {
  const reason = error instanceof Error ? error.message : '';
  const { findings, report } = newReport();
  const place = placeIn(reason);
  for (const { form, code, keyword, facts } of complaints) {
    const found = form.exec(reason);
    if (found === null) continue;
    report(code, keyword === undefined ? place : pointerTo(place, found[keyword] ?? ''), facts(found));
    return findings;
  }
  report('compile_failed', place, { reason: reason.slice(0, 200) });
  return findings;
}

interface Complaint {
  readonly form: RegExp;
  readonly code: LintCode;
  /** which part of the form is the keyword that the finding points at */
  readonly keyword?: number;
  readonly facts: (found: RegExpExecArray) => Readonly<Record<string, string>>;
}

const complaints: readonly Complaint[] = [
  {
    form: /missing type "([\w,]+)" for keyword "([\w-]+)"/,
    code: 'keyword_idle_type',
    keyword: 2,
    facts: ([, types = '', keyword = '']) => ({ keyword, types }),
  },
  {
    form: /type "(\w+)" not allowed by context "([\w,]*)"/,
    code: 'type_contradicts',
    facts: ([, type = '', types = '']) => ({ type, types }),
  },
  {
    form: /required property "(.*)" is not defined at "/s,
    code: 'required_unknown',
    facts: ([, name = '']) => ({ name }),
  },
];

/** The JSON pointer in `… at "urn:datong:x:1.0#/properties/a" (strictTypes)`; empty, the root, where the validator names no place. */
function placeIn(reason: string): string {
  const fragment = / at (?:path )?"[^"#]*#(\/[^"]*)"/.exec(reason)?.[1] ?? '';
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

export type { FieldFinding } from './explain.ts';

export interface CompiledSchema {
  readonly schema: DatasetSchema;
  readonly surroundings: Surroundings;
  /** Whether a record is valid: the first pass, for every record. */
  readonly check: (record: unknown) => boolean;
  /** The same check divided by field, where the schema allows it; compiled on first use. */
  readonly fields: () => FieldChecks | undefined;
  /** All faults of a record (at most 20 findings), never with a value in it: the second pass, for failed records. */
  readonly explain: (record: unknown) => FieldFinding[];
}

interface Stored {
  readonly schemas: LRUCache<string, CompiledSchema>;
  readonly plain: LRUCache<string, (value: unknown) => boolean>;
}

/** Compiled schemas belong to their surroundings: others, with other code lists, never use them. */
const caches = new WeakMap<Surroundings, Stored>();

function cacheOf(surroundings: Surroundings): Stored {
  const known = caches.get(surroundings) ?? {
    schemas: new LRUCache<string, CompiledSchema>({ max: 500 }),
    plain: new LRUCache<string, (value: unknown) => boolean>({ max: 500 }),
  };
  caches.set(surroundings, known);
  return known;
}

/**
 * Compiles a schema version, or returns it from the 500 used last. The schema has passed lint (parseDatasetSchema).
 * @throws Problem schema_invalid when Ajv's strict mode refuses what lint lets pass
 */
export function compileSchema(schema: DatasetSchema, surroundings: Surroundings): CompiledSchema {
  const { schemas } = cacheOf(surroundings);
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
  const { plain } = cacheOf(surroundings);
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

/**
 * Ajv's options for a schema that is a constant of the product. A test (tests/productSchemas.test.ts) checks it against the meta-schema, so
 * that start-up need not.
 */
export const ofTheProduct = { meta: false, validateSchema: false } as const;

/** Validators by the schema they were compiled from: created on first use, and retained as long as the schema. */
const compiled = new WeakMap<object, ValidateFunction>();

/** @param schema a constant of the product @param compile creates its validator */
export function compiledOnce<Schema extends object, Value>(
  schema: Schema,
  compile: (schema: Schema) => ValidateFunction<Value>,
): ValidateFunction<Value> {
  const known = compiled.get(schema) as ValidateFunction<Value> | undefined;
  const validate = known ?? compile(schema);
  compiled.set(schema, validate);
  return validate;
}

/**
 * Whether a value has the shape of such a schema: nothing inherited, nothing coerced. The first call compiles it; later ones return that
 * validator.
 * @param options of the validator, in addition to the ones here; the same at each call with one schema
 */
export const shapeOf = <Value>(schema: object, options: Options = {}): ValidateFunction<Value> =>
  compiledOnce(schema, () =>
    new Ajv2020({
      ...ofTheProduct,
      strict: true,
      ownProperties: true,
      logger: false,
      ...options,
    }).compile<Value>(schema),
  );
