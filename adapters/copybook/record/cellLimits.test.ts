/** Copybooks with which a file of a few bytes would make more cells than the memory of the hub holds, or take hours. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { bytesOf } from '../../fixtures/bytes.ts';
import { readAll } from '../../fixtures/readAll.ts';
import { formatNamed, readRecords } from '../../formats.ts';

const copybookOf = (...lines: readonly string[]): string =>
  ['01 R.', ...lines].map((line) => `       ${line}`).join('\n');
const fields = (count: number): string[] => Array.from({ length: count }, (_, i) => `05 F${i} PIC X.`);
const ascii = { encoding: 'utf-8' };

async function refused(options: object, message: RegExp): Promise<void> {
  await assert.rejects(readAll('copybook', bytesOf('0012'), options), (error) => {
    assert.ok(error instanceof Problem && error.code === 'copybook_invalid');
    assert.match(JSON.stringify(error), message);
    return true;
  });
}

describe('copybooks that are refused', () => {
  test('more items than a copybook may have', async () => {
    await refused({ ...ascii, copybook: copybookOf(...fields(10_000)) }, /at most 10000 items/);
  });

  test('more cells than a record may have, with every list full', async () => {
    const copybook = copybookOf('05 A OCCURS 600000 PIC X.', '05 B OCCURS 600000 PIC X.');
    await refused({ ...ascii, copybook }, /up to 1200003 cells; the limit is 1048576/);
  });

  test('a long list whose items may take no bytes', async () => {
    const layout = (times: number, ...more: readonly string[]): string =>
      copybookOf(
        '05 N PIC 9.',
        `05 L OCCURS ${times}.`,
        ...more,
        '10 M OCCURS 0 TO 5 DEPENDING ON N PIC X.',
        '05 Z PIC X.',
      );
    const options = { ...ascii, variableSizeOccurs: true };
    await refused({ ...options, copybook: layout(1_000) }, /up to 7001 cells; the limit is 1000/);
    const few = await readAll('copybook', bytesOf('0z'), { ...options, copybook: layout(3) });
    assert.deepEqual(few.records, [{ N: 0, L: [{ M: [] }, { M: [] }, { M: [] }], Z: 'z' }]);
    const withBytes = { ...options, copybook: layout(1_000, '10 A PIC X.') };
    assert.equal((await readAll('copybook', bytesOf(`0${'a'.repeat(1_000)}z`), withBytes)).total, 1);
  });
});

test('short lines of a wide layout are delivered in portions, with all their numbers', async () => {
  const copybook = copybookOf(...fields(3_000));
  const options = { ...ascii, recordFormat: 'D', copybook };
  const numbers: number[] = [];
  for await (const batch of readRecords(formatNamed('copybook'), bytesOf('a\n'.repeat(300)), options)) {
    assert.ok(batch.records.length <= 87);
    numbers.push(...batch.lines);
  }
  assert.deepEqual(
    numbers,
    Array.from({ length: 300 }, (_, i) => i + 1),
  );
});

test('thousands of equal names, views and problems take seconds', async () => {
  const many = 9_000;
  const views = Array.from(
    { length: many },
    (_, i) => `05 V${i} REDEFINES ${i === 0 ? 'A' : `V${i - 1}`} PIC 9.`,
  );
  const viewed = { ...ascii, copybook: copybookOf('05 A PIC 9.', ...views) };
  const read = await readAll('copybook', bytesOf('##'), viewed);
  assert.equal(read.bad.length, 2);
  assert.equal(read.bad[0]?.problems.length, many + 1);
  const equal = Array.from({ length: many }, () => '05 SAME PIC X.');
  const named = await readAll('copybook', bytesOf('y'.repeat(many)), {
    ...ascii,
    copybook: copybookOf(...equal),
  });
  assert.equal(Object.keys(named.records[0] ?? {}).length, many);
});
