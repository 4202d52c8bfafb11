/** Records are read while their text arrives: lines or one array, in pieces of any size, and none is buffered without a limit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { maxBytesOfCall } from '../sdk/pushUntilAnswered.ts';
import { looksLikeCsv, recordsIn, type PushedRecord } from './pushedRecords.ts';

/** The text in pieces. */
async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
}

async function read(text: string, size = 7): Promise<readonly PushedRecord[]> {
  const found: PushedRecord[] = [];
  for await (const record of recordsIn(pieces(text, size))) found.push(record);
  return found;
}

// U+2028 ends no line of JSON
const records = [{ a: '[1, {"b"]\u2028' }, { a: 'x\ny', n: 1.5 }, { list: [[], [{}]] }];

test('one array, compact or over several lines, gives the records that its lines would give', async () => {
  const lines = await read(records.map((one) => JSON.stringify(one)).join('\n'));
  assert.deepEqual(
    lines.map(({ unit, at, text }) => [unit, at, JSON.parse(text ?? '') as object]),
    records.map((one, nth) => ['line', nth + 1, one]),
  );
  for (const text of [JSON.stringify(records), `\ufeff \r\n${JSON.stringify(records, undefined, 2)}\r\n`])
    for (const size of [1, 7, 10_000]) {
      const found = await read(text, size);
      assert.deepEqual(
        found.map(({ unit, at, text: one }) => [unit, at, JSON.parse(one ?? '') as object]),
        records.map((one, nth) => ['record', nth + 1, one]),
      );
      for (const { text: one } of found) assert.doesNotMatch(one ?? '', /\n/);
    }
  assert.deepEqual([await read('[]'), await read(' \n')], [[], []]);
});

test('blank lines are counted and give no record', async () => {
  const found = await read('{}\n\n  \r\n{"a":1}\r\n');
  assert.deepEqual(
    found.map(({ at, text }) => [at, text]),
    [
      [1, '{}'],
      [4, '{"a":1}'],
    ],
  );
});

test('records come before the text has ended; a cut or a second document ends the array', async () => {
  for (const text of ['[{"a":1},{"a":2}', '[{"a":1},]', '[{"a":1}] {"a":2}', '[{"a":1}]]']) {
    const found: (string | undefined)[] = [];
    await assert.rejects(
      async () => {
        for await (const record of recordsIn(pieces(text, 3))) found.push(record.text);
      },
      (error: unknown) => error instanceof Problem && error.code === 'json_malformed',
      text,
    );
    assert.equal(found[0], '{"a":1}', text);
  }
});

/** An endless text. @param read counts its characters */
async function* endless(first: string, more: string, taken: { count: number }): AsyncGenerator<string> {
  yield await Promise.resolve(first);
  for (;;) {
    taken.count += more.length;
    yield more;
  }
}

test('a record without an end is not buffered: a line is left out, an array refused', async () => {
  const spaces = ' '.repeat(maxBytesOfCall / 4);
  const x = 'x'.repeat(maxBytesOfCall / 4);
  const found = await read(`{"a":"${x.repeat(5)}"} {}\n{"b":2}\n`, 65_536);
  assert.deepEqual(found, [
    { unit: 'line', at: 1, text: undefined },
    { unit: 'line', at: 2, text: '{"b":2}' },
  ]);
  // white space does not hide what was cut
  const hidden = await read(`{}${spaces.repeat(5)}{"c":3}${spaces}\n`, 65_536);
  assert.deepEqual(hidden, [{ unit: 'line', at: 1, text: undefined }]);
  const taken = { count: 0 };
  await assert.rejects(
    async () => {
      for await (const record of recordsIn(endless('[{"a":"', x, taken))) assert.fail(String(record.at));
    },
    (error: unknown) => error instanceof Problem && error.code === 'file_record_too_long',
  );
  assert.ok(taken.count < 4 * maxBytesOfCall, String(taken.count));
});

test('a table is recognised by its first line; JSON that is cut is not one', () => {
  const isTable = (text: string): boolean => looksLikeCsv({ unit: 'line', at: 1, text });
  assert.deepEqual(['station,time,pm25', '\ufeff站点,时间', '"a","b"'].map(isTable), [true, true, true]);
  assert.deepEqual(['{"a":1,"b":', '[1,2]', '\ufeff{"a":1,', '"a,b"', 'no json', ''].map(isTable), [
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
});
