/** Small files of which options would make more cells than the memory of the hub holds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatNamed, readRecords } from '../formats.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { readAll } from '../fixtures/readAll.ts';
import { Problem } from '../../terms/problem.ts';

const column = { name: 'a', start: 0, length: 2 };

describe('cells of a record', () => {
  const refused = async (options: object, message: RegExp): Promise<void> => {
    await assert.rejects(readAll('fixed', bytesOf('12345678'), options), (error) => {
      assert.ok(error instanceof Problem && error.code === 'adapter_options_invalid');
      assert.match(JSON.stringify(error), message);
      return true;
    });
  };

  test('a list beyond the end of the record is refused', async () => {
    for (const encoding of ['utf-16le', 'gb18030']) {
      const run = { lineEnds: false, recordLength: 2, encoding };
      await refused({ ...run, columns: [{ ...column, occurs: 100_000 }] }, /columns\/0\/occurs/);
      await refused({ ...run, columns: [column, { ...column, occurs: 2 }] }, /columns\/1\/occurs/);
      const { records } = await readAll('fixed', bytesOf('1 2 '), {
        ...run,
        columns: [{ ...column, occurs: 1 }],
      });
      assert.equal(records.length, 2);
    }
  });

  test('lists that together have too many cells are refused, sooner where short records are filled', async () => {
    const lists = (occurs: number): object => ({
      columns: [
        { ...column, occurs },
        { ...column, occurs },
      ],
    });
    await refused(lists(60_000), /100000/);
    await refused({ ...lists(3_000), short: 'fill' }, /4096/);
    assert.equal((await readAll('fixed', bytesOf('12\n'), { ...lists(2_000), short: 'fill' })).total, 1);
  });
});

test('records with far more cells than bytes are cut in portions, with all their lines', async () => {
  const columns = Array.from({ length: 4_096 }, (_, i) => ({ name: `c${i}`, start: 0, length: 2 }));
  const file = 'ab\n'.repeat(2_000) + 'cd\r\n' + 'ef\n'.repeat(2_000);
  for (const options of [{}, { encoding: 'utf-8', unit: 'characters' }, { encoding: 'utf-16le' }]) {
    const bytes =
      'encoding' in options && options.encoding === 'utf-16le' ? Buffer.from(file, 'utf16le') : file;
    const lines: number[] = [];
    const doubted: number[] = [];
    const asked = { columns, short: 'fill', ...options };
    for await (const batch of readRecords(formatNamed('fixed'), bytesOf(bytes), asked)) {
      assert.ok(batch.lines.length <= 256, String(batch.lines.length));
      lines.push(...batch.lines);
      for (const { record } of batch.doubts)
        doubted.push(record === 'file' ? 0 : (batch.lines[record] ?? -1));
    }
    assert.deepEqual(
      lines,
      Array.from({ length: 4_001 }, (_, i) => i + 1),
    );
    assert.deepEqual(doubted, 'unit' in options ? doubted : []);
  }
});
