/** How much two versions of a schema differ where no record distinguishes them. */
import { canonicalText } from './readJson.ts';
import { isSchemaObject } from './jsonSchema.ts';

/** `same`: identical except for the version in `$id`; `texts`: titles, messages or the order of fields differ; `other`: more may differ. */
export type Likeness = 'same' | 'texts' | 'other';

/** Texts for people, which no check uses. */
const texts = new Set(['title', 'description', '$comment', 'examples', 'x-title', 'x-message']);
/** Keywords whose value is a map of schemas: its names are fields, not keywords of the vocabulary. */
const maps = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
/** Keywords whose value is data, not a schema. */
const values = new Set(['const', 'enum', 'default']);

export function likeness(old: unknown, fresh: unknown): Likeness {
  const alike = (strict: boolean): boolean =>
    canonicalText(readAs(withoutId(old), strict)) === canonicalText(readAs(withoutId(fresh), strict));
  if (alike(true)) return 'same';
  return alike(false) ? 'texts' : 'other';
}

function withoutId(document: unknown): unknown {
  if (!isSchemaObject(document)) return document;
  const { $id: _, ...rest } = document;
  return rest;
}

/** @param strict texts and the order of fields count */
function readAs(schema: unknown, strict: boolean): unknown {
  if (Array.isArray(schema)) return schema.map((one: unknown) => readAs(one, strict));
  if (!isSchemaObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([word, value]): [string, unknown][] => {
      if (!strict && texts.has(word)) return [];
      if (values.has(word) || word.startsWith('x-')) return [[word, value]];
      if (word === 'required' && Array.isArray(value))
        return [[word, (value as readonly unknown[]).map(String).sort()]];
      if (!maps.has(word) || !isSchemaObject(value)) return [[word, readAs(value, strict)]];
      const members = Object.entries(value).map(([name, one]) => [name, readAs(one, strict)] as const);
      return [[word, strict ? members : Object.fromEntries(members)]];
    }),
  );
}
