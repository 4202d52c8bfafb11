/** Our types say what json-schema-to-typescript says of the same schemas: values of either are values of the other, by the compiler. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from 'json-schema-to-typescript';
import { sharedSchemas } from '../../machine/shippedSchemas.ts';
import { typeErrors } from '../../tests/typeErrors.ts';
import { schemaTypes } from './schemaTypes.ts';

const texts = new Set(['$id', '$schema', 'title', 'description']);

/** The document without the texts and words that are ours: the judge makes names of titles. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => typeof member !== 'string' || !texts.has(name))
      .filter(([name]) => !name.startsWith('x-'))
      .map(([name, member]) => [name, plain(member)]),
  );
}

test('for every shipped schema that stands alone', async () => {
  const sources = new Map<string, string>();
  for (const schema of sharedSchemas()) {
    const { document } = schema;
    if (JSON.stringify(document).includes('"$ref":"urn:')) continue;
    const ours = schemaTypes(schema);
    const [, record = ''] = /export (?:interface|type) (\w+Record)\b/.exec(ours) ?? [];
    const judged = await compile(plain(document) as object, 'Judged', {
      bannerComment: '',
      additionalProperties: false,
      unknownAny: true,
      ignoreMinAndMaxItems: true,
    });
    const check = [
      ours,
      `namespace Judge {\n${judged}\n}`,
      `export const forth = (value: ${record}): Judge.Judged => value;`,
      `export const back = (value: Judge.Judged): ${record} => value;`,
    ];
    sources.set(`/${schema.name}.mts`, check.join('\n'));
  }
  assert.ok(sources.size >= 10, `${sources.size} schemas`);
  assert.deepEqual(typeErrors(sources), []);
});
