import { surroundingsWith } from '../../../../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { householdMapping } from '../../../../../adapters/fixtures/householdMapping.ts';
import { schemaOf } from '../../../../../adapters/fixtures/schemaOf.ts';
import { compileMapping } from '../../../../../adapters/mapping/compile.ts';
import type { BadRecord } from '../../../../../adapters/reading/reader.ts';
import { householdFile } from '../../../../../clients/cli/demo/files/householdFile.ts';
import { seededRandom } from '../../../../../clients/cli/demo/files/invented.ts';
import type { CodeList } from '../../../../../schemas/codelists/codeList.ts';
import { sharedSchema } from '../../../../../machine/shippedSchemas.ts';
import { Problem } from '../../../../../terms/problem.ts';
import { copyParts, type CopyPart } from '../copyParts.ts';
import type { CopyTask } from '../copyTask.ts';
import { copyPartsInThreads } from './copyPartsInThreads.ts';
import { ThreadPool } from './threadPool.ts';
import { stepwise } from './fileInThread.ts';
import { nonEmpty } from '../../../../../tests/nonEmpty.ts';
import { inChunks, passingChunks } from '../../../../../tests/chunks.ts';
import { linesOfTuples } from '../../../../../tests/readTuples.ts';

const pool = new ThreadPool();

const regions: CodeList = {
  id: 'demo.region',
  version: '1',
  supplements: 'gbt2260',
  title: { zh: '示例区划', en: 'demo regions' },
  entries: ['990100', '990101', '990102', '990103'].map((code) => ({ code, zh: code })),
};
const surroundings = surroundingsWith([regions]);
const schema = sharedSchema('household@1');
const task: CopyTask = {
  schema,
  mapping: compileMapping(householdMapping, schema, surroundings.codeLists),
  subjectKey: createSecretKey(Buffer.alloc(32, 7)),
  codeLists: { digest: 'regions', lists: [regions] },
};

interface All {
  /** the tuples, in hexadecimal digits */
  readonly bytes: string;
  readonly tuples: readonly string[];
  readonly rows: readonly number[];
  readonly lines: readonly number[];
  readonly failed: readonly BadRecord[];
  readonly records: number;
  readonly skipped: number;
}

async function all(parts: AsyncIterable<CopyPart>): Promise<All> {
  const found = {
    tuples: [] as string[],
    bytes: [] as string[],
    rows: [] as number[],
    lines: [] as number[],
    failed: [] as BadRecord[],
  };
  let [records, skipped] = [0, 0];
  for await (const part of parts) {
    found.bytes.push(Buffer.from(part.tuples).toString('hex'));
    found.tuples.push(...linesOfTuples(part.tuples));
    found.rows.push(...part.rows);
    found.lines.push(...part.lines);
    found.failed.push(...part.failed);
    records += part.records;
    skipped += part.skipped;
  }
  const { bytes, ...lists } = found;
  return { bytes: bytes.join(''), ...lists, records, skipped };
}

describe('a file in threads', () => {
  /** Some 1.3 MB: people twice, far apart and side by side, a cell over two lines, a broken line. */
  const people = householdFile(9_000, 21);
  const lines = Buffer.from(people.bytes)
    .toString('latin1')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  const bytes = Buffer.from(
    [
      ...lines.slice(0, 5_000),
      lines[10] ?? '',
      lines[4_999] ?? '',
      'a"b,broken',
      ...lines.slice(5_000),
      ...lines.slice(20, 30),
    ].join('\r\n'),
    'latin1',
  );

  test('gives the same rows, lines, keys and problems whichever thread does what', async () => {
    const here = await all(copyParts(task, surroundings, inChunks(bytes, 65_536)));
    const one = await all(copyPartsInThreads(task, passingChunks(bytes, 1_000_000), 1, pool));
    const three = await all(copyPartsInThreads(task, passingChunks(bytes, 70_001), 3, pool));
    assert.deepEqual(one, here);
    assert.deepEqual({ ...three, rows: [], bytes: '' }, { ...here, rows: [], bytes: '' });
    assert.equal(here.records, here.rows.length + here.failed.length + here.skipped);
    assert.equal(here.tuples.length, here.rows.length);
    const repeated = here.failed.filter(({ problems }) => problems[0]?.rule === 'key.repeated');
    assert.ok(repeated.length >= 12);
    assert.ok(nonEmpty(repeated).every(({ raw }) => Array.isArray(raw) && raw.length === 12));
    assert.ok(here.failed.some(({ problems }) => problems[0]?.rule === 'csv.quote'));
  });

  test('a file of broken quotes and cells over many lines is divided without a difference', async () => {
    const random = seededRandom(5);
    const [header = '', ...people] = lines;
    const oddities: ((cells: string[]) => string)[] = [
      (cells) => [cells[0], '"王\r\n', ...cells.slice(2)].join(','),
      (cells) => [cells[0], '"two\nlines"', ...cells.slice(2)].join(','),
      (cells) => [cells[0], 'a"b', ...cells.slice(2)].join(','),
      (cells) => `"${'\n'.repeat(3_000)}",${cells.slice(1).join(',')}`,
    ];
    for (let round = 0; round < 4; round += 1) {
      const share = random.pick([2_000, 300, 50]);
      const text = people.map((line) =>
        random.int(share) === 0 ? random.pick(oddities)(line.split(',')) : line,
      );
      const odd = Buffer.from(`${[header, ...text].join('\r\n')}\r\n`, 'latin1');
      const here = await all(copyParts(task, surroundings, inChunks(odd, 65_536)));
      const two = await all(copyPartsInThreads(task, passingChunks(odd, 300_000), 2, pool));
      // rows are numbered by their bytes there, by their records here
      assert.deepEqual({ ...two, rows: [], bytes: '' }, { ...here, rows: [], bytes: '' });
      assert.ok(nonEmpty(two.rows).every((row, i) => i === 0 || row > (two.rows[i - 1] ?? 0)));
    }
  });

  test('fixed-width lines are divided too', async () => {
    const two = schemaOf('two@1', {
      id: { type: 'string', maxLength: 9 },
      name: { type: 'string', maxLength: 9 },
    });
    const columns = [
      { name: 'id', start: 0, length: 8 },
      { name: 'name', start: 8, length: 12 },
    ];
    const document = {
      mapping: 'test/two@1',
      target: 'two@1',
      source: { format: 'fixed', options: { columns, skipLines: 2, encoding: 'utf-8' } },
      fields: { id: { from: 'id' }, name: { from: 'name' } },
    };
    const fixedTask: CopyTask = {
      ...task,
      schema: two,
      mapping: compileMapping(document, two, surroundings.codeLists),
    };
    const records = Array.from(
      { length: 12_000 },
      (_, i) => `${String(i).padStart(8, '0')}${i % 5 === 0 ? '张三  ' : 'xxxxxxxx'}    `,
    );
    records[7_000] = 'short';
    const file = Buffer.from(['one', 'two', ...records].join('\n'));
    const here = await all(copyParts(fixedTask, surroundings, inChunks(file, 65_536)));
    const there = await all(copyPartsInThreads(fixedTask, passingChunks(file, 250_000), 2, pool));
    assert.deepEqual({ ...there, rows: [], bytes: '' }, { ...here, rows: [], bytes: '' });
    assert.deepEqual(
      here.failed.map(({ line }) => line),
      [7_003],
    );
  });

  test('a file that is refused, or breaks off, is refused from there too', async () => {
    const refusal = async (mappers: number, content: AsyncIterable<Uint8Array>): Promise<unknown> => {
      try {
        await all(copyPartsInThreads(task, content, mappers, pool));
        return undefined;
      } catch (error) {
        return error instanceof Problem ? error.code : (error as Error).message;
      }
    };
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* inChunks(bytes.subarray(0, 500_000), 100_000);
      throw new Error('no more bytes');
    }
    const other = Buffer.from('a,b\n1,2\n');
    assert.equal(await refusal(1, inChunks(other, 8)), 'mapping_column_missing');
    assert.equal(await refusal(2, inChunks(other, 8)), 'mapping_column_missing');
    assert.equal(await refusal(2, inChunks(new Uint8Array(0), 8)), 'file_empty');
    assert.equal(await refusal(2, broken()), 'no more bytes');
  });

  test('a reader that stops taking parts leaves no running thread', async () => {
    for await (const part of copyPartsInThreads(task, passingChunks(bytes, 65_536), 2, pool)) {
      assert.ok(part.records > 0);
      break;
    }
  });
});

test('stepwise: what a generator yields belongs to the chunk that it was given before', async () => {
  const pairs = stepwise(async function* (chunks) {
    let held = 0;
    for await (const chunk of chunks) {
      held += chunk.length;
      for (; held >= 2; held -= 2) yield await Promise.resolve('pair');
    }
    if (held === 1) yield 'single';
  });
  assert.deepEqual(await pairs(new Uint8Array(5)), { items: ['pair', 'pair'], ended: false });
  assert.deepEqual(await pairs(new Uint8Array(0)), { items: [], ended: false });
  assert.deepEqual(await pairs(new Uint8Array(2)), { items: ['pair'], ended: false });
  assert.deepEqual(await pairs(null), { items: ['single'], ended: true });
});
