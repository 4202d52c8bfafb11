import type { ErrorObject, ValidateFunction } from 'ajv';
import { newAjv } from '../ajv.ts';
import type { JsonSchema } from '../datasetSchema.ts';
import { atPointer, isSchemaObject, pointerTo } from '../jsonSchema.ts';
import { vocabulary } from '../vocabulary/keywords.ts';
import type { Report } from './report.ts';
import type { Place } from './walk.ts';

let ajv: ReturnType<typeof newAjv> | undefined;
const ofKeyword = new Map<string, ValidateFunction>();

/** Values of the standard keywords against the 2020-12 meta-schema. */
export function checkStandardValues(document: JsonSchema, report: Report): void {
  ajv ??= newAjv({ allErrors: true });
  // whatever draft it claims to be
  if (ajv.validateSchema({ ...document, $schema: 'https://json-schema.org/draft/2020-12/schema' }) === true)
    return;
  const seen = new Set<string>();
  for (const error of ajv.errors ?? []) {
    if (seen.has(error.instancePath) || error.keyword === 'anyOf') continue;
    seen.add(error.instancePath);
    if (isSchemaObject(atPointer(document, error.instancePath)) && error.keyword !== 'type') continue;
    report('keyword_value', error.instancePath, {
      keyword: error.instancePath.split('/').at(-1) ?? '',
      reason: reasonOf(error),
    });
  }
}

/** Values of the hub's own keywords against their meta-schemas. */
export function checkOwnValues({ schema, pointer }: Place, report: Report): void {
  ajv ??= newAjv({ allErrors: true });
  for (const { name, metaSchema } of vocabulary) {
    if (!Object.hasOwn(schema, name)) continue;
    const validate = ofKeyword.get(name) ?? ajv.compile({ ...metaSchema });
    ofKeyword.set(name, validate);
    if (validate(schema[name])) continue;
    const error = validate.errors?.[0];
    report('keyword_value', pointerTo(pointer, name), {
      keyword: name,
      reason: error === undefined ? '' : reasonOf(error),
    });
  }
}

function reasonOf(error: ErrorObject): string {
  const allowed = (error.params as { allowedValues?: unknown }).allowedValues;
  return `${error.message ?? error.keyword}${Array.isArray(allowed) ? `: ${allowed.map(String).join(', ')}` : ''}`;
}
