/** A file that cannot be served: read once for each of its states. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { surroundingsWith } from '../../../machine/surroundings.ts';
import { compileSchema } from '../../../schemas/compile.ts';
import { readSchema } from '../../../schemas/parse.ts';
import { encodeGb18030 } from '../../../terms/gb18030.ts';
import { fileRows } from './fileRows.ts';
import { sourceReason } from './sourceReason.ts';

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

const reasonIn = (error: unknown): string => sourceReason(error, { isLogged: true }).text.en;

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
  assert.equal(reasonIn(first), 'line 2 is not valid JSON');
  assert.equal(await refusal(), first);
  assert.deepEqual(reported, [first]);
  writeFileSync(path, '{"person_id":"x"}\n');
  assert.deepEqual((await provider.rows(ask)).rows, [{ person_id: 'x' }]);
});

test('a line that is no object, or that readers take differently, is refused without its text', async () => {
  const refused: readonly (readonly [string, string])[] = [
    ['["secret"]', 'line 2 is no JSON object'],
    ['null', 'line 2 is no JSON object'],
    ['"secret"', 'line 2 is no JSON object'],
    ['{"person_id":"secret","person_id":"2"}', 'line 2 has two members of one name in an object'],
    ['{"n":9007199254740993}', 'line 2 has a number that cannot be held exactly: write it as text'],
  ];
  for (const [text, reason] of refused) {
    const path = join(home, 'shapes.ndjson');
    writeFileSync(path, `{"person_id":"x"}\n${text}\n`);
    assert.equal(reasonIn(await served(path).refusal()), reason, text);
  }
});

test('a file in another encoding is refused; a byte order mark and a file without rows are served', async () => {
  const path = join(home, 'encoded.ndjson');
  writeFileSync(path, encodeGb18030('{"person_id":"x"}\n{"person_id":"张三"}\n'));
  assert.match(reasonIn(await served(path).refusal()), /^line 2 \(byte 18\) is not utf-8$/);
  writeFileSync(path, '\ufeff{"person_id":"张三"}\n');
  assert.deepEqual((await served(path).provider.rows(ask)).rows, [{ person_id: '张三' }]);
  for (const text of ['', '\n']) {
    writeFileSync(path, text);
    assert.deepEqual((await served(path).provider.rows(ask)).rows, []);
  }
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
