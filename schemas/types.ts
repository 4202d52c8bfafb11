/** TypeScript types of a schema, by json-schema-to-typescript after a pass that mends what it gets wrong. */
import { compile } from 'json-schema-to-typescript';
import type { DatasetSchema, JsonSchema } from './datasetSchema.ts';
import { isSchemaObject } from './jsonSchema.ts';
import { bilingualOf } from './readFields.ts';

/**
 * The source text of one module that exports the record's type, in PascalCase of the schema's name (`HouseholdRecord`).
 * Chinese titles become comments; tuples and closed objects come out as such; schemas named by URN are bundled.
 */
export async function schemaTypes(schema: DatasetSchema): Promise<string> {
  const name = `${pascal(schema.name)}Record`;
  const prepared = prepare(schema, name);
  return compile(prepared, name, {
    bannerComment: `/** ${schema.title.zh} / ${schema.title.en}: generated from ${schema.urn}, do not edit. */`,
    additionalProperties: false,
    unknownAny: true,
    declareExternallyReferenced: true,
    format: true,
    style: { printWidth: 110, singleQuote: true, trailingComma: 'all' },
    strictIndexSignatures: false,
    ignoreMinAndMaxItems: true,
    $refOptions: { resolve: { external: false } },
  });
}

/** `air-quality-hourly` → `AirQualityHourly`. */
export function pascal(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part !== '')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

type Plain = Record<string, unknown>;

/** The document as the generator reads it rightly: one file, draft-07 tuples, no titles, comments for people. */
function prepare(schema: DatasetSchema, name: string): Plain {
  const definitions: Plain = {};
  for (const other of schema.references ?? []) bundle(other, String(other['$id']), definitions);
  const root = bundle(schema.document, '', definitions);
  return {
    ...root,
    title: name,
    description: schema.title.zh,
    ...(Object.keys(definitions).length > 0 ? { definitions } : {}),
  };
}

function bundle(document: JsonSchema, urn: string, definitions: Plain): Plain {
  const nameOf = (reference: string): string => {
    const [base = '', fragment = ''] = reference.split('#');
    const home = base === '' ? urn : base;
    const own = pascal(home === '' ? '' : (home.split(':')[2] ?? ''));
    return `${own}${pascal(decodeURIComponent(fragment.replace(/^\/\$defs/, '')))}` || 'Root';
  };
  const convert = (value: unknown, within: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => convert(item, within));
    return isSchemaObject(value) ? convertSchema(value, convert, nameOf) : value;
  };
  for (const [key, value] of Object.entries(isSchemaObject(document['$defs']) ? document['$defs'] : {})) {
    definitions[nameOf(`${urn}#/$defs/${key}`)] = convert(value, true);
  }
  const { $defs: _moved, ...root } = document;
  const converted = convert(root, false) as Plain;
  if (urn !== '') definitions[nameOf(urn)] = converted;
  return converted;
}

/** Keywords whose members are names and not keywords. */
const maps = new Set(['properties', 'patternProperties', 'dependentSchemas']);
/** Keywords that the generator need not see: they say nothing about the type, or it reads them wrongly. */
const dropped = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'format',
  'default',
  'examples',
  'if',
  'then',
  'else',
  'not',
  'dependentSchemas',
  'dependentRequired',
  'unevaluatedProperties',
  'propertyNames',
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
  'required',
  'prefixItems',
  'items',
]);

function convertSchema(
  schema: JsonSchema,
  convert: (value: unknown, within: boolean) => unknown,
  nameOf: (ref: string) => string,
): Plain {
  const result: Plain = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (dropped.has(keyword) || keyword.startsWith('x-')) continue;
    if (keyword === '$ref' && typeof value === 'string') result['$ref'] = `#/definitions/${nameOf(value)}`;
    else if (keyword === 'enum' || keyword === 'const') result[keyword] = value;
    else if (maps.has(keyword) && isSchemaObject(value)) {
      result[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, child]) => [name, convert(child, true)]),
      );
    } else result[keyword] = convert(value, true);
  }
  if (Array.isArray(schema['required'])) result['required'] = schema['required'];
  if (schema['unevaluatedProperties'] === false) result['additionalProperties'] = false;
  if (Array.isArray(schema['prefixItems'])) {
    result['items'] = convert(schema['prefixItems'], true);
    result['additionalItems'] = schema['items'] === undefined ? true : convert(schema['items'], true);
    const most = schema['items'] === false ? schema['prefixItems'].length : undefined;
    if (most !== undefined) result['maxItems'] = most;
  } else if (schema['items'] !== undefined) result['items'] = convert(schema['items'], true);
  const comment = commentOf(schema);
  if (comment !== '') result['description'] = comment;
  return result;
}

function commentOf(schema: JsonSchema): string {
  const title = bilingualOf(schema['x-title']);
  const { description, format } = schema;
  const parts = [
    title === undefined
      ? typeof schema['title'] === 'string'
        ? schema['title']
        : ''
      : `${title.zh} / ${title.en}`,
    typeof description === 'string' ? description : '',
    typeof format === 'string' ? `format: ${format}` : '',
    typeof schema['x-unit'] === 'string' ? `unit: ${schema['x-unit']}` : '',
  ];
  return parts
    .filter((part) => part !== '')
    .join('; ')
    .replaceAll('*/', '* /');
}
