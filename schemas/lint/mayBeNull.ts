import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject, typesOf } from '../jsonSchema.ts';
import { resolveReference, type Resolve } from '../references.ts';

/**
 * Whether null satisfies a field's type, `enum`, `const`, sums and references. Other keywords are taken to allow it.
 * @param document the document that contains the field
 */
export function mayBeNull(field: JsonSchema, document: JsonSchema, resolve: Resolve): boolean {
  // what is still being looked at, as in a cycle, allows it
  const known = new Map<JsonSchema, boolean>();
  const allows = (schema: JsonSchema, home: JsonSchema): boolean => {
    const found = known.get(schema);
    if (found !== undefined) return found;
    known.set(schema, true);
    const inside = (one: unknown): boolean => !isSchemaObject(one) || allows(one, home);
    const allowed =
      allowsByValue(schema) &&
      allowsByReference(schema, home) &&
      [schema['anyOf'], schema['oneOf']].every((list) => !Array.isArray(list) || list.some(inside)) &&
      (!Array.isArray(schema['allOf']) || schema['allOf'].every(inside));
    known.set(schema, allowed);
    return allowed;
  };
  const allowsByReference = ({ $ref }: JsonSchema, home: JsonSchema): boolean => {
    const target = typeof $ref === 'string' ? resolveReference($ref, home, resolve) : undefined;
    return target === undefined || allows(target.schema, target.document);
  };
  return allows(field, document);
}

function allowsByValue(schema: JsonSchema): boolean {
  const { enum: listed } = schema;
  return (
    typesOf(schema)?.includes('null') !== false &&
    (!Array.isArray(listed) || listed.includes(null)) &&
    (schema['const'] === undefined || schema['const'] === null)
  );
}
