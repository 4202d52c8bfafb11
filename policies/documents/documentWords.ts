import { isSchemaObject } from '../../schemas/jsonSchema.ts';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { maskRule } from './documentSchemas.ts';

/**
 * Every word of a kind of document, read off its JSON Schema: `grants[].limits.rowsPerCall`, `grants[].fields.*` for names that the
 * document chooses, `basis.type=contract` for a value of a closed set. Tags that are compared as they are (`tags`) stand for all their values.
 */
export function documentWords(schema: JsonSchema, tags: readonly string[] = []): readonly string[] {
  return [...new Set(wordsIn(schema, '', tags))];
}

function wordsIn(schema: JsonSchema, path: string, tags: readonly string[]): readonly string[] {
  if (schema === maskRule) return [];
  const { properties, items, additionalProperties, oneOf, anyOf } = schema;
  const members = isSchemaObject(properties)
    ? Object.entries(properties).flatMap(([name, member]) => {
        const word = path === '' ? name : `${path}.${name}`;
        return [word, ...(isSchemaObject(member) ? wordsIn(member, word, tags) : [])];
      })
    : [];
  const named = isSchemaObject(additionalProperties)
    ? [`${path}.*`, ...wordsIn(additionalProperties, `${path}.*`, tags)]
    : [];
  const branches = [oneOf, anyOf].flatMap((one): readonly unknown[] => (Array.isArray(one) ? one : []));
  return [
    ...members,
    ...named,
    ...(isSchemaObject(items) ? wordsIn(items, `${path}[]`, tags) : []),
    ...branches.flatMap((branch) => (isSchemaObject(branch) ? wordsIn(branch, path, tags) : [])),
    ...valuesIn(schema, path, tags),
  ];
}

/** Values of a closed set are words too: each must do something of its own. */
function valuesIn(schema: JsonSchema, path: string, tags: readonly string[]): readonly string[] {
  const values: readonly unknown[] = Array.isArray(schema['enum']) ? schema['enum'] : [];
  return tags.includes(path) ? [] : values.map((value) => `${path}=${String(value)}`);
}
