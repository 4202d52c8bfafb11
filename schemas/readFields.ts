import type { Bilingual } from '../terms/bilingual.ts';
import type { FieldType, JsonSchema, SchemaField, Sensitivity } from './datasetSchema.ts';
import { isSchemaObject, schemasOf, typesOf } from './jsonSchema.ts';
import { withReferences, type Resolve } from './references.ts';
import { defined } from '../terms/defined.ts';

/** `{zh, en}` out of an x-title or x-message; undefined when it is none. */
export function bilingualOf(value: unknown): Bilingual | undefined {
  if (!isSchemaObject(value)) return undefined;
  const { zh, en } = value;
  return typeof zh === 'string' && typeof en === 'string' ? { zh, en } : undefined;
}

/** The top-level fields of a schema that lint has passed, in the document's order. */
export function readFields(document: JsonSchema, resolve: Resolve): SchemaField[] {
  const required: readonly unknown[] = Array.isArray(document['required']) ? document['required'] : [];
  return schemasOf(document['properties']).flatMap(([name, value]) =>
    isSchemaObject(value)
      ? [readField(name, withReferences(value, document, resolve), document, required.includes(name))]
      : [],
  );
}

function readField(name: string, schema: JsonSchema, document: JsonSchema, required: boolean): SchemaField {
  const types = typesIn(schema);
  const text = (keyword: string): string | undefined => {
    const value = schema[keyword];
    return typeof value === 'string' ? value : undefined;
  };
  const format = text('format');
  const semantic = text('x-semantic');
  const classification =
    text('x-class') ?? (typeof document['x-class'] === 'string' ? document['x-class'] : undefined);
  return {
    name,
    title: bilingualOf(schema['x-title']) ?? { zh: name, en: name },
    type: (types.find((type) => type !== 'null') ?? 'string') as FieldType,
    nullable: types.includes('null'),
    required,
    ...defined({ format }),
    sensitivity: (text('x-sensitivity') ?? 'L4') as Sensitivity,
    personal: (text('x-personal') ?? 'none') as SchemaField['personal'],
    ...defined({ semantic, classification }),
    schema,
  };
}

/** Types by `type`, else by `enum`, `const` or the branches of a sum. */
function typesIn(schema: JsonSchema): string[] {
  const named = typesOf(schema);
  if (named !== undefined) return [...named];
  const values: unknown[] = Array.isArray(schema['enum'])
    ? schema['enum']
    : 'const' in schema
      ? [schema['const']]
      : [];
  if (values.length > 0) return [...new Set(values.map(typeOfValue))];
  const branches = [schema['anyOf'], schema['oneOf']].flatMap((list): unknown[] =>
    Array.isArray(list) ? list : [],
  );
  return [...new Set(branches.filter(isSchemaObject).flatMap(typesIn))];
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}
