import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../terms/problem.ts';
import { sharedData } from '../tests/sharedData.ts';
import { bytesOf } from './fixtures/bytes.ts';
import { mutated } from './fixtures/mutated.ts';
import { compared, type Judgement } from './fixtures/oracles/oracle.ts';
import { csvOracle } from './fixtures/oracles/csvOracle.ts';
import { dbfOracle } from './fixtures/oracles/dbfOracle.ts';
import { jsonDocumentOracle, jsonOracle } from './fixtures/oracles/jsonOracle.ts';
import { hl7Messages, hl7Values } from './fixtures/oracles/hl7Oracle.ts';
import { damagedWorkbook, xlsxOracle } from './fixtures/oracles/xlsxOracle.ts';
import { readAll, type ReadAll } from './fixtures/readAll.ts';
import { hl7Getter } from './hl7/path.ts';
import type { Cell, RawRecord } from './reading/reader.ts';

/** Reads damaged bytes in chunks that differ from file to file. @returns undefined where the file is refused */
async function read(
  format: string,
  bytes: Buffer,
  options: object,
  seed: number,
): Promise<ReadAll | undefined> {
  try {
    return await readAll(format, bytesOf(bytes, 1 + ((seed * 37) % 5000)), options);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

const head = (path: string, length: number): Buffer => {
  const bytes = readFileSync(sharedData(path));
  return bytes.subarray(0, bytes.lastIndexOf(10, length) + 1);
};

/** Records of damaged files that were compared, value by value, by format. */
const judged: Record<string, number> = {};
const count = (format: string, records: number): void => {
  judged[format] = (judged[format] ?? 0) + records;
};

describe('no value of a damaged file differs from what an independent reader finds', () => {
  test('CSV against csv-parse', async () => {
    const files = [
      { bytes: head('gb-codes/GB-4754-2017.gb18030.csv', 3000), encoding: 'gb18030', separator: ',' },
      { bytes: head('gb-codes/GB-6864-2003.gbk.csv', 3000), encoding: 'gb18030', separator: ',' },
      { bytes: head('gb-codes/GB-3304-1991.utf8.csv', 3000), encoding: 'utf-8', separator: ',' },
      {
        bytes: head('beijing-air/PRSA_Data_Dongsi_20130301-20170228.csv', 3000),
        encoding: 'utf-8',
        separator: ',',
      },
    ];
    let records = 0;
    for (const { bytes, ...options } of files)
      for (let seed = 1; seed <= 250; seed += 1) {
        const damaged = mutated(bytes, seed);
        const actual = await read('csv', damaged, options, seed);
        if (actual === undefined) continue;
        records += compared(actual, csvOracle(damaged, options), `csv, ${seed}`, isDeepStrictEqual);
      }
    count('csv', records);
    assert.ok(records > 12_000, `${records} records`);
  });

  test('DBF against a reader of bytes', async () => {
    const bytes = readFileSync(sharedData('dbf/dbase_03.dbf'));
    let records = 0;
    const numeric = (cell: Cell): Cell =>
      typeof cell === 'string' && /^-?[\d.]+(e[+-]?\d+)?$/i.test(cell) ? Number(cell) + 0 : cell;
    const same = (mine: RawRecord, other: Judgement): boolean =>
      isDeepStrictEqual((mine as readonly Cell[]).map(numeric), (other as readonly Cell[]).map(numeric));
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const damaged = mutated(bytes, seed);
      const actual = await read('dbf', damaged, { encoding: 'gb18030', memo: 'ignore' }, seed);
      if (actual === undefined) continue;
      records += compared(actual, dbfOracle(damaged, 'gb18030'), `dbf, ${seed}`, same);
    }
    count('dbf', records);
    assert.ok(records > 2_000, `${records} records`);
  });

  test('HL7 against splitting', async () => {
    let values = 0;
    for (const name of [
      'Epic_002_Epic_ORU_R01',
      'CA_001_CA_OML_O21',
      'TX_001_TX_OML_O21',
      'Other_001_ADT_A01',
    ]) {
      const bytes = readFileSync(sharedData(`hl7/${name}.hl7`));
      for (let seed = 1; seed <= 250; seed += 1) {
        const damaged = mutated(bytes, seed);
        const actual = await read('hl7', damaged, { encoding: 'iso-8859-2' }, seed);
        if (actual === undefined) continue;
        values += comparedMessages(actual, damaged, `${name}, ${seed}`);
        count('hl7', actual.total);
      }
    }
    assert.ok(values > 50_000, `${values} values`);
  });

  test('JSON against a reader of characters', async () => {
    const document = readFileSync(sharedData('gb-codes/GB-3304-1991.json'));
    const line = (i: number): string =>
      `{"id":${i},"is":9007199254740${990 + (i % 9)},"it":0.1${i}e${i},"n":"张${i}","m":{"a":[1,"x"]}}`;
    const lines = Buffer.from(Array.from({ length: 60 }, (_, i) => line(i)).join('\n'));
    let records = 0;
    let refused = 0;
    for (let seed = 1; seed <= 400; seed += 1) {
      const inLines = mutated(lines, seed);
      const actual = await read('json', inLines, { layout: 'lines', encoding: 'utf-8' }, seed);
      if (actual !== undefined) {
        const judged = inLines
          .toString()
          .split('\n')
          .filter((one) => one.trim() !== '')
          .map((one) => jsonOracle(one) ?? 'unreadable');
        refused += judged.filter((one) => one === 'unreadable').length;
        records += compared(actual, judged, `lines, ${seed}`, isDeepStrictEqual);
      }
      const whole = mutated(document, seed);
      const read_ = await read('json', whole, { encoding: 'utf-8' }, seed);
      if (read_ === undefined) continue;
      records += compared(
        read_,
        jsonDocumentOracle(whole.toString()),
        `document, ${seed}`,
        isDeepStrictEqual,
      );
    }
    count('json', records);
    assert.ok(records > 15_000 && refused > 100, `${records} records, ${refused} of them refused`);
  });

  test('the character reader rejects what JSON.parse accepts: duplicate members and inexact numbers', async () => {
    for (const text of [
      '{"a":1,"a":2}',
      '{"a":{"b":1,"\\u0062":2}}',
      '{"a":12345678901234567890}',
      '{"a":1e400}',
      '{"a":1e-400}',
      '{"a":0.12345678901234567890}',
    ]) {
      assert.equal(jsonOracle(text), 'unreadable', text);
      const actual = await read('json', Buffer.from(text), { layout: 'lines' }, 1);
      assert.deepEqual([actual?.records.length, actual?.bad.length], [0, 1], text);
    }
    assert.deepEqual(jsonOracle('{"a":1.50,"b":[9007199254740991,1E2]}'), {
      a: 1.5,
      b: [9007199254740991, 100],
    });
  });

  test('workbooks against hucre', async () => {
    let cells = 0;
    for (const [name, header] of [
      ['us-crime-2', 5],
      ['us-crime-3', 4],
    ] as const) {
      const bytes = readFileSync(sharedData(`xlsx/${name}.xlsx`));
      for (let seed = 1; seed <= 80; seed += 1) {
        const damaged = damagedWorkbook(bytes, seed);
        const actual = await read('xlsx', damaged, { headerRows: [header] }, seed);
        if (actual === undefined) continue;
        cells += await comparedRows(actual, damaged, `${name}, ${seed}`);
        count('xlsx', actual.total);
      }
    }
    assert.ok(cells > 100_000, `${cells} cells`);
  });

  test('twenty thousand records of damaged files in all', (t) => {
    const total = Object.values(judged).reduce((sum, one) => sum + one, 0);
    const each = Object.entries(judged).map(([format, records]) => `${format} ${records}`);
    t.diagnostic(`${total} records of damaged files compared: ${each.join(', ')}`);
    assert.ok(total >= 20_000 && each.length === 5, each.join(', '));
  });
});

/** @returns how many values were compared */
function comparedMessages(actual: ReadAll, bytes: Buffer, place: string): number {
  const text = new TextDecoder('iso-8859-2').decode(bytes);
  const messages = hl7Messages(text);
  const bad = actual.bad.filter(({ problems }) => problems[0]?.rule !== 'hl7.stray').length;
  assert.equal(actual.records.length + bad, messages.length, place);
  if (bad > 0 || actual.doubts.some((doubt) => doubt.includes('segment-broken'))) return 0;
  let values = 0;
  for (const [i, record] of actual.records.entries()) {
    const segments = messages[i] ?? [];
    const doubted = actual.doubts.length > 0;
    const nth = new Map<string, number>();
    const numbers = segments.map((segment) => {
      const name = segment.slice(0, 3);
      nth.set(name, (nth.get(name) ?? 0) + 1);
      return `${name}[${nth.get(name) ?? 0}]`;
    });
    for (const [{ segment, field, repetition, component, subcomponent }, value] of hl7Values(segments)) {
      const path = `${numbers[segment] ?? ''}-${field}[${repetition}].${component}.${subcomponent}`;
      const mine = hl7Getter(path)?.(record);
      if (value === undefined) assert.ok(doubted, `${place}: ${path} holds an unknown escape`);
      else
        assert.ok(
          doubted || mine === (value === '""' ? null : value),
          `${place}: ${path}: ${JSON.stringify(mine)} for ${value}`,
        );
      values += 1;
    }
  }
  return values;
}

/** @returns how many cells were compared */
async function comparedRows(actual: ReadAll, bytes: Buffer, place: string): Promise<number> {
  const rows = await xlsxOracle(bytes);
  let cells = 0;
  for (const [i, line] of actual.lines.entries()) {
    const expected = rows.get(line) ?? [];
    for (const [column, mine] of (actual.records[i] as readonly Cell[]).entries()) {
      const other = expected[column] ?? null;
      const moment = other instanceof Date ? other.toISOString() : undefined;
      const same =
        moment === undefined
          ? mine === other
          : typeof mine === 'string' && (moment.startsWith(mine) || moment.includes(`T${mine}`));
      assert.ok(
        same,
        `${place}, ${line}:${column + 1}: ${JSON.stringify(mine)} for ${moment ?? JSON.stringify(other)}`,
      );
      cells += 1;
    }
  }
  return cells;
}
