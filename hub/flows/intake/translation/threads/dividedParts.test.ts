import { shippedSurroundings } from '../../../../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { formatNamed } from '../../../../../adapters/formats.ts';
import { schemaOf } from '../../../../../adapters/fixtures/schemaOf.ts';
import { compileMapping } from '../../../../../adapters/mapping/compile.ts';
import type { BadRecord } from '../../../../../adapters/reading/reader.ts';
import { parseDatasetSchema } from '../../../../../schemas/parse.ts';
import { Problem } from '../../../../../terms/problem.ts';
import { inChunks, passingChunks } from '../../../../../tests/chunks.ts';
import { linesOfTuples } from '../../../../../tests/readTuples.ts';
import { copyParts, type CopyPart } from '../copyParts.ts';
import type { CopyTask } from '../copyTask.ts';
import { LinesOfRows } from '../linesOfRows.ts';
import { dividedParts, type Reading } from './dividedParts.ts';
import { FileInThread } from './fileInThread.ts';
import type { RangePart } from './messages.ts';

const fields = schemaOf('two@1', {
  id: { type: 'string', maxLength: 64 },
  name: { type: 'string', maxLength: 1_000_000 },
});
const schema = parseDatasetSchema({ ...fields.document, 'x-primary-key': ['/id'] });

function taskOf(format: string, options: object, [id, name]: readonly (string | number)[]): CopyTask {
  const document = {
    mapping: 'test/two@1',
    target: 'two@1',
    source: { format, options },
    fields: { id: { from: id }, name: { from: name } },
  };
  const subjectKey = createSecretKey(Buffer.alloc(32, 7));
  return {
    schema,
    mapping: compileMapping(document, schema, shippedSurroundings.codeLists),
    subjectKey,
    codeLists: { digest: '', lists: [] },
    keySalt: 0xfedcba98,
  };
}

const csv = (options: object = {}, from: readonly (string | number)[] = ['id', 'name']): CopyTask =>
  taskOf('csv', { encoding: 'utf-8', separator: ',', ...options }, from);

/** Reads ranges as a thread does, in this one. */
function reading(task: CopyTask): Reading {
  const file = new FileInThread(task, shippedSurroundings);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Reply>(work: () => Promise<unknown>): Promise<Reply> => {
    const answer = last.then(work);
    last = answer.catch(() => undefined);
    return answer as Promise<Reply>;
  };
  return {
    range: (range) => inTurn<RangePart>(() => file.answer({ range })),
    repeated: (repeated) => inTurn<readonly BadRecord[]>(() => file.answer({ repeated })),
  };
}

interface All {
  readonly tuples: readonly string[];
  readonly lines: readonly number[];
  readonly failed: readonly BadRecord[];
  readonly records: number;
  readonly skipped: number;
  /** rows in doubt, and doubts about the file */
  readonly doubts: readonly [rows: number, file: number];
  readonly refused: string | undefined;
}

/** All parts, without the numbers of rows: they count bytes here, records there. */
async function all(parts: AsyncIterable<CopyPart>): Promise<All> {
  const [tuples, lines, failed]: [string[], number[], BadRecord[]] = [[], [], []];
  let [records, skipped, refused]: [number, number, string | undefined] = [0, 0, undefined];
  let [doubted, fileDoubts] = [0, 0];
  try {
    for await (const part of parts) {
      for (const tuple of linesOfTuples(part.tuples)) tuples.push(tuple);
      for (const line of part.lines) lines.push(line);
      for (const bad of part.failed) failed.push(bad);
      records += part.records;
      skipped += part.skipped;
      doubted += part.doubted.length;
      fileDoubts += part.fileDoubts;
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refused = `${error.code} ${JSON.stringify([error.facts, error.extras])}`;
  }
  return { tuples, lines, failed, records, skipped, doubts: [doubted, fileDoubts], refused };
}

/** What both ways of reading a file come to. */
async function bothWays(task: CopyTask, bytes: Uint8Array, size = 100_000): Promise<All> {
  const start = bytes.subarray(0, size);
  const lines = start.subarray(0, start.lastIndexOf(10) + 1);
  const division = formatNamed(task.mapping.format).divide?.(task.mapping.options, lines);
  assert.ok(division !== undefined, 'the file is divided');
  const whole = await all(copyParts(task, shippedSurroundings, inChunks(bytes, 65_536)));
  const divided = await all(
    dividedParts([reading(task), reading(task)], passingChunks(bytes, size), division),
  );
  assert.deepEqual(divided, whole);
  return whole;
}

const people = (count: number, line: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => line(i));
const lines = (...all: readonly string[]): Buffer => Buffer.from(all.join('\n'));
const plain = people(20_000, (i) => `${i},name${i}`);

describe('a divided file gives what the same file in one piece gives', () => {
  test('cells over several lines, where the longest record is far shorter than a range', async () => {
    const file = lines('id,name', ...people(30_000, (i) => `${i},"a\nb${i}\nc"`));
    const { lines: found } = await bothWays(csv({ maxRecordBytes: 1024 }), file);
    assert.equal(found.length, 30_000);
  });

  test('cells over several lines after a broken quote, and cells longer than a range', async () => {
    const many = people(120_000, (i) => `${i},"a\nb\r\nc${'x'.repeat(20)}"`);
    assert.equal((await bothWays(csv(), lines('id,name', 'x,a"b', ...many))).lines.length, 120_000);
    const long = `"${`${'汉'.repeat(333)}\n`.repeat(800)}"`;
    const giants = people(12, (i) => `${i},${long}`);
    const { lines: found, failed } = await bothWays(
      csv(),
      lines('id,name', 'x"y,1', ...giants, '5,"again"', 'z,"open', ...plain.slice(0, 20)),
    );
    assert.deepEqual([found.length, failed.length], [20, 15]);
  });

  test('bytes like a byte order mark inside the file are text', async () => {
    await bothWays(csv(), lines('id,name', ...people(20_000, (i) => `\ufeff${i},n`)));
    const latin = ['id,name', ...people(20_000, (i) => `ÿþ${i},n`)].join('\n');
    await bothWays(csv({ encoding: 'latin1' }), Buffer.from(latin, 'latin1'));
    const columns = [
      { name: 'id', start: 0, length: 12 },
      { name: 'name', start: 12, length: 4 },
    ];
    const marked = people(20_000, (i) => `\ufeff${String(i).padStart(9, '0')}abcd`);
    await bothWays(
      taskOf('fixed', { encoding: 'utf-8', columns }, ['id', 'name']),
      lines('00000000000xabcd', ...marked),
    );
  });

  test('a header after long lines, skipped lines, a file that begins blank', async () => {
    const preamble = ['x'.repeat(90_000), 'y'.repeat(90_000)];
    await bothWays(csv({ headerRows: [3] }), lines(...preamble, 'id,name', ...plain));
    await bothWays(csv({ headerRows: [] }, [1, 2]), lines('\n'.repeat(150_000), ...plain));
    const { lines: found } = await bothWays(csv({ headerRows: [] }, [1, 2]), lines('x,a"b', ...plain));
    assert.equal(found.length, plain.length);
    const columns = [
      { name: 'id', start: 0, length: 4 },
      { name: 'name', start: 4, length: 4 },
    ];
    const fixed = taskOf('fixed', { encoding: 'utf-8', skipLines: 2, columns }, ['id', 'name']);
    await bothWays(fixed, lines(...preamble, ...people(20_000, (i) => String(i).padStart(8, '0'))));
  });

  const reportingDoubts = (task: CopyTask): CopyTask => ({
    ...task,
    mapping: { ...task.mapping, doubts: 'tell' },
  });

  for (const blank of ['', ',', ' , ', '"",', '\u3000,\u3000'])
    test(`blocks of blank lines (${JSON.stringify(blank)}) of which many meet the end of a range`, async () => {
      const file = lines('id,name', ...plain.flatMap((line) => [line, blank, blank, blank, blank]));
      const { doubts } = await bothWays(reportingDoubts(csv()), file);
      assert.deepEqual(doubts, [0, 19_999]);
    });

  test('a doubt about the file states the line of the file, not of its range', async () => {
    const file = lines('id,name', ...plain, '', '', '', '-1,x');
    const division = formatNamed('csv').divide?.(csv().mapping.options, file);
    assert.ok(division !== undefined, 'the file is divided');
    const { refused } = await all(dividedParts([reading(csv())], inChunks(file, 65_536), division));
    assert.match(refused ?? '', /blank-block.*"line":20005/);
  });

  test('a header before more blank lines than a range moves to the next one', async () => {
    await bothWays(reportingDoubts(csv()), lines('id,name', '0,n', '\n'.repeat(300_000), ...plain));
  });

  test('lines that end unlike the first one, of which many meet the end of a range', async () => {
    const odd = ['id,name', ...people(150_000, (i) => `${i},n`)].map(
      (line, i) => line + (i % 3 === 1 ? '\n' : '\r\n'),
    );
    const { doubts } = await bothWays(reportingDoubts(csv()), Buffer.from(odd.join('')));
    assert.deepEqual(doubts, [100_000, 0]);
    const columns = [
      { name: 'id', start: 0, length: 9 },
      { name: 'name', start: 9, length: 4 },
    ];
    const cut = people(150_000, (i) => String(i).padStart(9, '0') + (i % 3 === 1 ? 'a\n' : 'abcd\r\n'));
    const fixed = taskOf('fixed', { encoding: 'utf-8', columns, short: 'fill' }, ['id', 'name']);
    assert.deepEqual((await bothWays(reportingDoubts(fixed), Buffer.from(cut.join('')))).doubts, [50_000, 0]);
  });

  test('the separator that the reader finds, however short the first chunk', async () => {
    const file = lines('a;b;c', 'id,name', ...plain);
    assert.equal((await bothWays(csv({ separator: 'auto', headerRows: [2] }), file, 7)).lines.length, 20_000);
  });

  test('a file of which every record is left out is read once, and not held', async () => {
    const task = csv();
    const { document } = task.mapping;
    const skipping: CopyTask = {
      ...task,
      mapping: compileMapping(
        { ...document, skipIf: [{ from: 'name', is: 'n' }] },
        schema,
        shippedSurroundings.codeLists,
      ),
    };
    const file = lines('id,name', ...people(60_000, (i) => `${i},n`));
    const requested: number[] = [];
    const thread = reading(skipping);
    const counting: Reading = {
      ...thread,
      range: (range) => {
        requested.push(range.bytes.length);
        return thread.range(range);
      },
    };
    const division = formatNamed('csv').divide?.(skipping.mapping.options, file.subarray(0, 8));
    assert.ok(division !== undefined);
    const { skipped } = await all(dividedParts([counting], inChunks(file, 70_000), division));
    assert.equal(skipped, 60_000);
    assert.equal(
      requested.reduce((sum, size) => sum + size, 0),
      file.length,
    );
  });
});

test('a chunk of very many short lines', async () => {
  const file = Buffer.from(people(200_000, (i) => `${i},n`).join('\n'));
  const good = csv({ headerRows: [], columns: ['id', 'name'] });
  const { records } = await all(copyParts(good, shippedSurroundings, inChunks(file, file.length)));
  assert.equal(records, 200_000);
});

test('the line of every row is found again, where rows and lines leave numbers out too, and none of others', () => {
  const book = new LinesOfRows();
  const known = new Map<number, number>();
  let [row, line, seed] = [0, 1, 7];
  const leap = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const kind = (seed >>> 16) % 40;
    return kind === 0 ? 1 + (seed % 300) : kind === 1 ? 2 : kind === 2 ? 20_000 + (seed % 100_000) : 1;
  };
  for (let part = 0; part < 60; part += 1) {
    const [rows, lines]: [number[], number[]] = [[], []];
    const regular = part % 3 === 0;
    for (let i = 0; i < (part % 7) * 40; i += 1) {
      row += regular ? 1 : leap();
      line += regular ? 1 : leap();
      rows.push(row);
      lines.push(line);
      known.set(row, line);
    }
    book.add(Float64Array.from(rows), Uint32Array.from(lines));
  }
  for (let one = 0; one <= row + 3; one += 1)
    if (book.of(one) !== (known.get(one) ?? 0)) assert.equal(book.of(one), known.get(one) ?? 0, `row ${one}`);
  assert.ok(known.size > 5_000);
  const first = 2 ** 40;
  book.add(Float64Array.of(first, first + 1), Uint32Array.of(4_000_000_000, 4_000_000_005));
  assert.deepEqual(
    [first - 1, first, first + 1, first + 2].map((one) => book.of(one)),
    [0, 4_000_000_000, 4_000_000_005, 0],
  );
});
