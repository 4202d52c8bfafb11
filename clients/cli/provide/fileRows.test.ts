/** A file that cannot be served: read once for each of its states. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { surroundingsWith } from '../../../machine/surroundings.ts';
import { compileSchema } from '../../../schemas/compile.ts';
import { readSchema } from '../../../schemas/parse.ts';
import { fileRows } from './fileRows.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-file-rows-'));
after(() => rmSync(home, { recursive: true, force: true }));

const surroundings = surroundingsWith([]);
const schema = readSchema(
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:datong:persons:1.0',
    type: 'object',
    additionalProperties: false,
    properties: {
      person_id: { type: 'string', title: 'id' },
      born: { type: 'string', format: 'date', title: 'born' },
    },
  },
  surroundings.resolve,
);
const dataset = { id: 'aa.persons', schema, compiled: () => compileSchema(schema, surroundings) };
const mapping = {
  mapping: 'aa/persons@1',
  target: 'urn:datong:persons:1.0',
  source: { format: 'csv' },
  fields: { born: { from: 'born' } },
};
const ask = { fields: ['person_id'], filter: [], limit: 10, patience: 5_000 };

/** The file at a path, with what was reported about it, and the error that a question gets. */
function served(path: string, more: { readonly mapping?: unknown } = {}) {
  const reported: unknown[] = [];
  const provider = fileRows(dataset, { kind: 'file', path, mapping: more.mapping }, (error) =>
    reported.push(error),
  );
  const refusal = (): Promise<unknown> =>
    provider.rows(ask).then(
      () => 'served',
      (error: unknown) => error,
    );
  return { provider, reported, refusal };
}

test('a file over its limits is translated once, reported once, and read again when it changed', async () => {
  const path = join(home, 'rows.csv');
  writeFileSync(path, 'born\nx\n');
  const { reported, refusal } = served(path, { mapping });
  const first = await refusal();
  assert.match(String((first as Error).cause), /1 of 1 records are bad/);
  const [second, third] = await Promise.all([refusal(), refusal()]);
  assert.equal(second, first, 'the same failure: nothing was read');
  assert.equal(third, first);
  assert.deepEqual(reported, [first]);
  writeFileSync(path, 'born\nx\ny\n');
  const other = await refusal();
  assert.match(String((other as Error).cause), /2 of 2 records are bad/);
  assert.deepEqual(reported, [first, other]);
});

test('a line that is not JSON is named without its text, and the file is served once it is mended', async () => {
  const path = join(home, 'rows.ndjson');
  writeFileSync(path, '{"person_id":"x"}\n{"person_id":"secret"\n');
  const { reported, refusal, provider } = served(path);
  const first = await refusal();
  assert.equal(String((first as Error).cause), 'Error: line 2 is not JSON');
  assert.equal(await refusal(), first);
  assert.deepEqual(reported, [first]);
  writeFileSync(path, '{"person_id":"x"}\n');
  assert.deepEqual((await provider.rows(ask)).rows, [{ person_id: 'x' }]);
});

test('a failure to read is tried again at each question, and reported once', async () => {
  const path = join(home, 'folder');
  mkdirSync(path);
  const { reported, refusal, provider } = served(path);
  const first = await refusal();
  const second = await refusal();
  assert.notEqual(second, first);
  for (const error of [first, second])
    assert.equal(((error as Error).cause as NodeJS.ErrnoException).code, 'EISDIR');
  assert.deepEqual(reported, [first]);
  rmdirSync(path);
  writeFileSync(path, '{"person_id":"x"}\n');
  assert.deepEqual((await provider.rows(ask)).rows, [{ person_id: 'x' }]);
});
