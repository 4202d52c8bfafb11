import type { Ajv2020 } from 'ajv/dist/2020.js';
import { newAjv } from './ajv.ts';
import { escapeToken, isSchemaObject } from './jsonSchema.ts';
import { guarded } from './guarded.ts';
import type { DatasetSchema, FieldType, JsonSchema } from './datasetSchema.ts';
import type { Surroundings } from './surroundings.ts';

/** Whether one present value is valid. */
export type Check = (value: unknown) => boolean;

/**
 * A schema divided by field. A record without unknown members is valid exactly when every required field is present, every present field
 * passes its own check, and the record passes `together`. A frequently repeated value then needs one check only.
 */
export interface FieldChecks {
  readonly ofField: ReadonlyMap<string, Check>;
  /** constraints of the schema on several fields at once (`if`, `allOf` …); undefined where there are none */
  readonly together: Check | undefined;
}

const aboutFields: ReadonlySet<string> = new Set(['properties', 'required', 'additionalProperties']);
const aboutNothing: ReadonlySet<string> = new Set(['$comment', 'title', 'description', 'examples']);
const aboutTogether: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$defs',
  'type',
  'if',
  'then',
  'else',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'dependentRequired',
  'dependentSchemas',
]);
const saysNothing = (keyword: string): boolean => keyword.startsWith('x-') && keyword !== 'x-code';

/**
 * Undefined for a schema with keywords that cannot be divided (`$ref` at the root, `unevaluatedProperties`, an `x-code` that reads a
 * sibling).
 */
export function fieldChecks(schema: DatasetSchema, surroundings: Surroundings): FieldChecks | undefined {
  const { document } = schema;
  const known = (keyword: string): boolean =>
    aboutFields.has(keyword) ||
    aboutNothing.has(keyword) ||
    aboutTogether.has(keyword) ||
    saysNothing(keyword);
  if (!Object.keys(document).every(known) || document['type'] !== 'object') return undefined;
  if ([document, ...(schema.references ?? [])].some(looksAtSibling)) return undefined;
  const ajv = ajvFor(schema, surroundings, true);
  ajv.addSchema({ ...document }, schema.urn);
  const ofField = new Map<string, Check>();
  for (const { name, type } of schema.fields) {
    const validate = ajv.getSchema(`${schema.urn}#/properties/${encodeURIComponent(escapeToken(name))}`);
    if (validate === undefined) return undefined;
    ofField.set(name, nested(type) ? guarded(validate) : (validate as Check));
  }
  return { ofField, together: togetherCheck(schema, surroundings) };
}

/** Only values that contain others can be deep enough to overflow the stack. */
const nested = (type: FieldType): boolean => type === 'object' || type === 'array';

/** Whether any code is checked against the date in a sibling. */
function looksAtSibling(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(looksAtSibling);
  if (!isSchemaObject(node)) return false;
  const code = node['x-code'];
  return (isSchemaObject(code) && 'at' in code) || Object.values(node).some(looksAtSibling);
}

function togetherCheck(schema: DatasetSchema, surroundings: Surroundings): Check | undefined {
  const stored = Object.entries(schema.document).filter(([keyword]) => aboutTogether.has(keyword));
  const silent = stored.every(([keyword]) => keyword.startsWith('$') || keyword === 'type');
  if (silent) return undefined;
  const rest: JsonSchema = Object.fromEntries(stored);
  const whole = [rest, ...(schema.references ?? [])].some((node) => leadsToFields(node, schema.urn));
  return guarded(ajvFor(schema, surroundings, false).compile({ ...(whole ? schema.document : rest) }));
}

/** Whether a reference leads to a part of the document that would be removed: to a field, or to the root. */
function leadsToFields(node: unknown, urn: string): boolean {
  if (Array.isArray(node)) return node.some((one) => leadsToFields(one, urn));
  if (!isSchemaObject(node)) return false;
  const { $ref } = node;
  if (typeof $ref === 'string') {
    const own = $ref.startsWith('#') || $ref === urn || $ref.startsWith(`${urn}#`);
    if (own && !$ref.slice($ref.indexOf('#')).startsWith('#/$defs/')) return true;
  }
  return Object.values(node).some((one) => leadsToFields(one, urn));
}

function ajvFor(schema: DatasetSchema, surroundings: Surroundings, strict: boolean): Ajv2020 {
  const ajv = newAjv(surroundings, { allErrors: false, strictTypes: strict, strictRequired: strict });
  for (const other of schema.references ?? []) ajv.addSchema({ ...other });
  return ajv;
}
