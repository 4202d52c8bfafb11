/**
 * api/documents.json: one JSON Schema for every kind of document that `datong catalogue apply` takes, for editors that complete and
 * underline.
 */
import { mappingSchema } from '../adapters/mapping/mappingSchema.ts';
import { editorSchema } from '../policies/documents/editorSchema.ts';
import type { JsonSchema } from '../schemas/datasetSchema.ts';
import { metaschema } from '../schemas/vocabulary/configureAjv.ts';

type Parts = Readonly<Record<string, JsonSchema>>;
interface Shape extends JsonSchema {
  readonly properties: Parts;
  readonly required?: readonly string[];
}

/** Kinds whose file has the members of the call. */
const asCalled = [
  'Purpose',
  'Notice',
  'Procedure',
  'Dataset',
  'Topic',
  'ResponsePlan',
  'CatalogueEntry',
  'ElementSource',
  'Matter',
  'RequestTemplate',
];

const text = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description });
const without = (shape: Shape, ...names: readonly string[]): Parts =>
  Object.fromEntries(Object.entries(shape.properties).filter(([name]) => !names.includes(name)));
const document = (
  kind: string,
  required: readonly string[],
  properties: Parts,
  more: JsonSchema = {},
): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required: ['kind', ...required],
  properties: { kind: { const: kind }, ...properties },
  ...more,
});

/** The members of each kind in a file, where they differ from those of the call (`clients/cli/apply/requestOf.ts`). */
function kindsOf(parts: Parts): Parts {
  const part = (name: string): Shape => {
    const found = parts[name];
    if (found === undefined) throw new TypeError(`openapi.yaml has no ${name}`);
    return found as Shape;
  };
  const department = part('Department');
  const codeList = part('CodeList');
  const approval = part('ImportedApproval');
  const automatic = part('AutomaticRequest').properties['automatic'] as Shape;
  const pull = part('Pull');
  const liveService = part('LiveService');
  return {
    ...Object.fromEntries(
      asCalled.map((kind) => [kind, document(kind, part(kind).required ?? [], part(kind).properties)]),
    ),
    Department: document(
      'Department',
      (department.required ?? []).map((name) => (name === 'kind' ? 'type' : name)),
      { ...without(department, 'kind'), type: department.properties['kind'] ?? {} },
    ),
    CodeList: document(
      'CodeList',
      (codeList.required ?? []).filter((name) => name !== 'entries'),
      {
        ...codeList.properties,
        file: text('CSV in the folder of this file, in place of entries'),
        revokedTo: {
          type: 'string',
          format: 'date',
          description: 'last day of codes that the CSV marks as revoked',
        },
      },
      { oneOf: [{ required: ['entries'] }, { required: ['file'] }] },
    ),
    Schema: document(
      'Schema',
      [],
      {
        ...part('SchemaRegistration').properties,
        shared: text('name@major of a schema that ships with the hub'),
        file: text('JSON Schema in the folder of this file'),
        document: { $ref: '#/$defs/schema' },
      },
      { oneOf: [{ required: ['shared'] }, { required: ['file'] }, { required: ['document'] }] },
    ),
    Mapping: document('Mapping', ['dataset', 'document'], {
      dataset: { $ref: '#/components/schemas/DatasetId' },
      document: { $ref: '#/$defs/mapping' },
    }),
    Pull: document('Pull', ['dataset', 'passwordFrom', ...(pull.required ?? [])], {
      dataset: { $ref: '#/components/schemas/DatasetId' },
      passwordFrom: text('environment variable that holds the password'),
      ...pull.properties,
    }),
    LiveService: document('LiveService', ['dataset', ...(liveService.required ?? [])], {
      dataset: { $ref: '#/components/schemas/DatasetId' },
      ...liveService.properties,
    }),
    Approval: document(
      'Approval',
      ['number', 'resource', 'paper', 'dataset', 'fields', 'from', 'until', 'agreement'],
      {
        ...without(approval, 'document'),
        number: text('of the approval'),
        resource: text('as the upper platform calls it'),
        paper: text('file of the approval, in the folder of this one; its digest goes into the agreement'),
        agreement: { type: 'object', description: 'members of the Agreement that grants it' },
      },
    ),
    AutomaticAgreement: document('AutomaticAgreement', automatic.required ?? [], automatic.properties),
    Agreement: editorSchema('Agreement'),
    Restriction: editorSchema('Restriction'),
  };
}

/** Names of the contract's parts that a schema refers to, directly or through others. */
function referred(value: unknown, parts: Parts, seen: Set<string>): Set<string> {
  for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    if (seen.has(name)) continue;
    seen.add(name);
    referred(parts[name], parts, seen);
  }
  return seen;
}

/** @param contract openapi.yaml, parsed */
export function documentsSchema(contract: unknown): string {
  const parts = (contract as { readonly components: { readonly schemas: Parts } }).components.schemas;
  const kinds = kindsOf(parts);
  const names = [...referred(kinds, parts, new Set())].sort();
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:datong:documents:1',
    title: '打通登记文件 / documents of datong catalogue apply',
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: Object.keys(kinds).sort() } },
    allOf: Object.keys(kinds)
      .sort()
      .map((kind) => ({
        if: { required: ['kind'], properties: { kind: { const: kind } } },
        then: { $ref: `#/$defs/kind-${kind}` },
      })),
    $defs: {
      ...Object.fromEntries(Object.entries(kinds).map(([kind, shape]) => [`kind-${kind}`, plain(shape)])),
      ...Object.fromEntries(names.map((name) => [name, parts[name]])),
      mapping: plain(mappingSchema),
      schema: ownWords(),
    },
  };
  const written = JSON.stringify(schema)
    .replaceAll('"#/components/schemas/', '"#/$defs/')
    .replaceAll('"#/$defs/field"', '"#/$defs/mapping/$defs/field"');
  return `${written}\n`;
}

/** Within another document a schema has no address of its own. */
function plain(schema: JsonSchema): JsonSchema {
  const { $schema: _draft, $id: _id, ...rest } = schema;
  return rest;
}

/** The hub's keywords at every depth. The draft itself is not referred to: an editor completes without a network. */
function ownWords(): JsonSchema {
  const { properties, propertyNames } = metaschema();
  const deeper = { $ref: '#/$defs/schema' };
  const named = { type: 'object', additionalProperties: deeper };
  return {
    type: ['object', 'boolean'],
    propertyNames,
    properties: {
      ...(properties as Parts),
      properties: named,
      patternProperties: named,
      $defs: named,
      dependentSchemas: named,
      items: deeper,
      contains: deeper,
      not: deeper,
      if: deeper,
      then: deeper,
      else: deeper,
      ...Object.fromEntries(
        ['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((name) => [name, { type: 'array', items: deeper }]),
      ),
    },
  };
}
