import { surroundingsWith } from '../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { householdFile } from '../clients/cli/demo/files/householdFile.ts';
import { compileSchema } from '../schemas/compile.ts';
import { sharedSchema } from '../machine/shippedSchemas.ts';
import { bytesOf } from './fixtures/bytes.ts';
import { demoRegions } from './fixtures/demoRegions.ts';
import { householdMapping } from './fixtures/householdMapping.ts';
import { formatNamed } from './formats.ts';
import { compileMapping } from './mapping/compile.ts';
import type { RecordBatch } from './reading/reader.ts';
import { translateRecords, type TranslatedBatch } from './translate.ts';

const surroundings = surroundingsWith([demoRegions]);
const schema = sharedSchema('household@1');
const mapping = compileMapping(householdMapping, schema, surroundings.codeLists);

type Reported = Pick<TranslatedBatch, 'rows' | 'lines' | 'bad' | 'skipped'>;

async function reported(batches: AsyncIterable<RecordBatch>): Promise<Reported> {
  const all = {
    rows: [] as Reported['rows'][number][],
    lines: [] as number[],
    bad: [] as Reported['bad'][number][],
    skipped: 0,
  };
  for await (const batch of translateRecords(batches, mapping, compileSchema(schema, surroundings))) {
    all.rows.push(...batch.rows);
    all.lines.push(...batch.lines);
    all.bad.push(...batch.bad);
    all.skipped += batch.skipped;
  }
  return all;
}

/** The same records as plain arrays, one batch each: nothing is remembered from one cell to the next. */
async function* plain(batches: AsyncIterable<RecordBatch>): AsyncGenerator<RecordBatch> {
  for await (const batch of batches) {
    assert.equal(batch.kind, 'table');
    yield { ...batch, records: [...batch.records] };
  }
}

describe('rows of a long file', () => {
  /** Good and spoiled records, some twice, quoted cells with doubled marks, a cell that the schema alone refuses. */
  function longFile(): Buffer {
    const lines = new TextDecoder('gb18030').decode(householdFile(3_000, 7).bytes).split('\n');
    const [header = '', ...records] = lines.filter((line) => line !== '');
    const spoiled = records.flatMap((line, i) => {
      const cells = line.split(',');
      if (i % 97 === 0) return [line, line];
      if (i % 101 === 0) return [line, ''];
      if (i % 103 === 0) return [[cells[0], `"${'名'.repeat(61)}"`, ...cells.slice(2)].join(',')];
      if (i % 107 === 0) return [[cells[0], '"王""五"""', ...cells.slice(2)].join(',')];
      return [line];
    });
    return Buffer.from(`${[header, ...spoiled].join('\n')}\n`);
  }

  test('are the same whether cells are cut and remembered by place or read one by one', async () => {
    const bytes = longFile();
    const read = (): AsyncIterable<RecordBatch> =>
      formatNamed('csv').read(bytesOf(bytes, 20_011), { ...(mapping.options as object), encoding: 'utf-8' });
    const [cut, single] = [await reported(read()), await reported(plain(read()))];
    assert.deepEqual(cut, single);
    assert.ok(cut.rows.length > 2_500 && cut.skipped > 20);
    const rules = new Set(cut.bad.flatMap(({ problems }) => problems.map(({ rule }) => rule)));
    for (const rule of ['key.repeated', 'maxLength', 'cn-resident-id.checksum'])
      assert.ok(rules.has(rule), [...rules].join());
    assert.ok(cut.rows.some((row) => row['name'] === '王"五"'));
  });

  test('a record is checked alike before and after the schema is taken apart', async () => {
    const lines = new TextDecoder('gb18030').decode(householdFile(2_500, 8).bytes).split('\n');
    const [header = '', first = '', ...others] = lines;
    const spoil = (line: string): string => line.replace(/^([^,]*),[^,]*/, `$1,${'名'.repeat(61)}`);
    const text = [header, spoil(first), ...others.slice(0, 2_200), spoil(others[2_300] ?? '')].join('\n');
    const batches = formatNamed('csv').read(bytesOf(Buffer.from(text)), {
      ...(mapping.options as object),
      encoding: 'utf-8',
    });
    const { bad } = await reported(batches);
    const long = bad.filter(({ problems }) => problems.some(({ rule }) => rule === 'maxLength'));
    assert.deepEqual(
      long.map(({ line }) => line),
      [2, 2_203],
    );
  });
});
