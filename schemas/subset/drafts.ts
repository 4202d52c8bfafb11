import { SchemaFault } from './judge.ts';

export type Draft = '07' | '2019-09' | '2020-12';

const uris: readonly (readonly [RegExp, Draft])[] = [
  [/^https?:\/\/json-schema\.org\/draft-07\/schema#?$/, '07'],
  [/^https?:\/\/json-schema\.org\/draft\/2019-09\/schema#?$/, '2019-09'],
  [/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/, '2020-12'],
];

/**
 * The draft of a document: by `$schema`; without one, by keywords that only old drafts have, else 2020-12.
 * @throws SchemaFault draft_unknown
 */
export function draftOf(document: Readonly<Record<string, unknown>>): Draft {
  const { $schema } = document;
  if (typeof $schema !== 'string') return looksOld(document) ? '07' : '2020-12';
  const found = uris.find(([shape]) => shape.test($schema));
  if (found !== undefined) return found[1];
  throw new SchemaFault('draft_unknown', '/$schema', {
    zh: '只读 draft-07、2019-09 与 2020-12',
    en: 'only draft-07, 2019-09 and 2020-12 are read',
  });
}

/** `items` as a list, `additionalItems` and `dependencies` have a meaning in old drafts only. */
function looksOld(document: Readonly<Record<string, unknown>>): boolean {
  const stack: unknown[] = [document];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) {
      const schema = next as Readonly<Record<string, unknown>>;
      if (
        Array.isArray(schema['items']) ||
        schema['dependencies'] !== undefined ||
        schema['additionalItems'] !== undefined
      )
        return true;
      if (schema['prefixItems'] !== undefined) return false;
    }
    for (const child of Object.values(next) as unknown[]) if (child !== undefined) stack.push(child);
  }
  return false;
}
