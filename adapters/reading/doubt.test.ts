import { shippedSurroundings } from '../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileSchema } from '../../schemas/compile.ts';
import { Problem } from '../../terms/problem.ts';
import { refusingDoubts } from './refusingDoubts.ts';
import { schemaOf } from '../fixtures/schemaOf.ts';
import { addTotals, noTotals, rowsInDoubt, type Totals } from '../limits.ts';
import { compileMapping } from '../mapping/compile.ts';
import { tableBatch, treeBatch, type RecordBatch } from './reader.ts';
import { recordProblem } from './rowRules.ts';
import { soundRows } from './text/soundRows.ts';
import { translateRecords, type TranslatedBatch } from '../translate.ts';
import { defined } from '../../terms/defined.ts';

const schema = schemaOf('thing@1', { a: { type: 'string', maxLength: 9 } });
const mapping = (doubts?: 'refuse' | 'tell', format = 'csv', from = 'A'): unknown => ({
  mapping: 'test/thing@1',
  target: 'thing@1',
  source: { format, ...(format === 'copybook' ? { options: { copybook: '01 A PIC X.' } } : {}) },
  ...defined({ doubts }),
  skipIf: [{ from, is: 'total' }],
  fields: { a: { from } },
});

/** Four records: a good one, one doubted in column 1, one doubted in column 2, a doubted one that a rule leaves out. */
function doubted(): RecordBatch {
  const batch = tableBatch(['A', 'B']);
  for (const [index, cells] of [
    ['x', '1'],
    ['y', '2'],
    ['z', '3'],
    ['total', '6'],
  ].entries()) {
    batch.records.push(cells);
    batch.lines.push(index + 2);
  }
  for (const [record, column] of [
    [1, 1],
    [2, 2],
    [3, 1],
  ] as const) {
    const problem = { ...recordProblem(record + 2, 'dbf.flag', 'string'), column };
    batch.doubts.push({ record, problem });
  }
  return batch;
}

const fileDoubt = (batch: RecordBatch): RecordBatch => {
  batch.doubts.push({ record: 'file', problem: recordProblem(0, 'dbf.count', '2 records') });
  return batch;
};

async function translated(
  document: unknown,
  ...batches: RecordBatch[]
): Promise<[TranslatedBatch[], Totals]> {
  const found: TranslatedBatch[] = [];
  const source = (async function* () {
    for (const batch of batches) yield await Promise.resolve(batch);
  })();
  for await (const one of translateRecords(
    source,
    compileMapping(document, schema, shippedSurroundings.codeLists),
    compileSchema(schema, shippedSurroundings),
  ))
    found.push(one);
  return [found, found.reduce(addTotals, noTotals)];
}

const refusal = (error: unknown): boolean => error instanceof Problem && error.code === 'file_doubtful';

describe('a doubt about a record', () => {
  test('makes a problem record of it unless the mapping says otherwise', async () => {
    const [[batch], totals] = await translated(mapping(), doubted());
    assert.deepEqual(batch?.rows, [{ a: 'x' }, { a: 'z' }]);
    assert.deepEqual(
      batch.bad.map(({ line, problems }) => [line, problems.map(({ rule }) => rule)]),
      [[3, ['dbf.flag']]],
    );
    assert.deepEqual(totals, { records: 4, rows: 2, bad: 1, skipped: 1, doubted: 0, fileDoubts: 0 });
  });

  test('is reported and counted where the mapping lets it in', async () => {
    const [[batch], totals] = await translated(mapping('tell'), doubted());
    assert.deepEqual(batch?.rows, [{ a: 'x' }, { a: 'y' }, { a: 'z' }]);
    assert.deepEqual(
      batch.doubts.map(({ line, column }) => [line, column]),
      [[3, 1]],
    );
    assert.deepEqual(batch.doubted, [1]);
    assert.equal(rowsInDoubt(totals), 1);
  });

  test('says nothing of a row that does not read the doubted part; a part and its whole are the same', async () => {
    const tree = (header: string): RecordBatch => {
      const batch = treeBatch();
      batch.records.push({ G: { A: 'x', B: 'y' } });
      batch.lines.push(1);
      batch.doubts.push({ record: 0, problem: { ...recordProblem(1, 'dbf.flag', ''), header } });
      return batch;
    };
    const bad = async (header: string): Promise<number> =>
      (await translated(mapping('refuse', 'copybook', 'G/A'), tree(header)))[1].bad;
    assert.deepEqual(
      [
        await bad('G/A'),
        await bad('G'),
        await bad(''),
        await bad('G/A/1/X'),
        await bad('G/B'),
        await bad('H'),
      ],
      [1, 1, 1, 1, 0, 0],
    );
  });

  test('is reported in addition to what else is wrong with its record', async () => {
    const batch = doubted();
    const [one] = batch.doubts;
    assert.ok(one !== undefined);
    const long = tableBatch(['A', 'B']);
    long.records.push(['0123456789', '']);
    long.lines.push(2);
    long.doubts.push({ ...one, record: 0 });
    const [[account]] = await translated(mapping(), long);
    assert.deepEqual(
      account?.bad[0]?.problems.map(({ rule }) => rule),
      ['dbf.flag', 'maxLength'],
    );
  });

  test('follows its record when bad rows before it are taken out', () => {
    const batch = doubted();
    const broken = {
      ...batch,
      records: [
        ['x\0', ''],
        ['y', ''],
        ['z\0', ''],
        ['t', ''],
      ],
    } as RecordBatch;
    assert.equal(broken.kind, 'table');
    const sound = soundRows(broken, ['A', 'B'], () => false);
    assert.deepEqual(
      sound.doubts.map(({ record, problem }) => [record, problem.line]),
      [
        [0, 3],
        [1, 5],
      ],
    );
  });
});

describe('a doubt about the whole file', () => {
  test('refuses it, or puts all its rows in doubt', async () => {
    await assert.rejects(translated(mapping(), fileDoubt(doubted())), refusal);
    const [[batch], totals] = await translated(mapping('tell'), fileDoubt(doubted()));
    assert.equal(batch?.fileDoubts, 1);
    assert.equal(rowsInDoubt(totals), totals.rows);
  });
});

test('records without a mapping: doubted ones become problem records in their place, and nothing else changes', () => {
  const batch = doubted();
  const strict = refusingDoubts(batch);
  assert.deepEqual([...strict.records], [['x', '1']]);
  assert.deepEqual(strict.lines, [2]);
  assert.deepEqual(
    strict.bad.map(({ line, raw }) => [line, raw]),
    [
      [3, ['y', '2']],
      [4, ['z', '3']],
      [5, ['total', '6']],
    ],
  );
  assert.throws(() => refusingDoubts(fileDoubt(doubted())), refusal);
  const sound = tableBatch(['A']);
  assert.equal(refusingDoubts(sound), sound);
});
