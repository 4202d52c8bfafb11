import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { needsUnlicensedData, sharedData } from '../../tests/sharedData.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { mutated, random } from '../fixtures/mutated.ts';
import { assertSame, spoiled, type Reported, type ReportedRecord } from '../fixtures/oracle.ts';
import { readAll } from '../fixtures/readAll.ts';
import type { Cell } from '../reading/reader.ts';
import { defined } from '../../terms/defined.ts';

interface Column {
  readonly name: string;
  readonly start: number;
  readonly length: number;
  readonly nulls?: readonly string[];
  readonly zeros?: 'strip';
}

/** Lines one after the other, by LF, CRLF or CR; what follows the last line end is a line too. */
function linesOf(bytes: Uint8Array): Buffer[] {
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => Buffer.from(line, 'latin1'));
}

/** A cell, decoded on its own: blanks at both ends go, blanks alone and the words for it are no value. */
function cellOf(bytes: Uint8Array, encoding: string, { nulls = [], zeros }: Column): Reported {
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { bad: true };
  }
  if (text.includes('\0') || text.includes('\ufffd')) return { bad: true };
  const trimmed = text.trim();
  if (trimmed === '' || nulls.includes(trimmed)) return { value: null };
  // TAB and line ends apart, what cannot be seen is in doubt
  if (/[^\P{C}\t\n\r\p{Co}\p{Cs}\p{Cn}]|[\u2028\u2029]/u.test(trimmed)) return { doubt: true };
  return { value: zeros === 'strip' ? trimmed.replace(/^(-?)0+(?=\d)/, '$1') : trimmed };
}

function reportedLine(
  record: Uint8Array,
  line: number,
  columns: readonly Column[],
  encoding: string,
  length?: number,
): ReportedRecord {
  if (/^ *$/.test(Buffer.from(record).toString('latin1'))) return { line, fields: new Map(), as: 'skipped' };
  const least = length ?? Math.max(...columns.map((column) => column.start + column.length));
  if (record.length < least || (length !== undefined && record.length > length))
    return { line, fields: new Map(), as: 'bad' };
  const fields = columns.map((column): [string, Reported] => [
    column.name,
    cellOf(record.subarray(column.start, column.start + column.length), encoding, column),
  ]);
  return { line, fields: new Map(fields) };
}

async function compare(
  bytes: Buffer,
  options: object,
  reported: readonly ReportedRecord[],
  columns: readonly Column[],
  place: string,
): Promise<number> {
  const read = await readAll('fixed', bytesOf(bytes, 1 + (reported.length % 4000)), {
    ...options,
    spreadsheetMarks: 'keep',
  });
  const cells = (index: number): Map<string, Cell> =>
    new Map((read.records[index] as readonly Cell[]).map((cell, i) => [columns[i]?.name ?? '', cell]));
  return assertSame(read, reported, cells, place).values;
}

const nasty = [0x20, 0x09, 0x00, 0x0a, 0x0d, 0x80, 0x81, 0xff, 0x30, 0xd5, 0x41, 0xa1];

describe('fixed width against a reader of one line after the other', () => {
  test('real observations, spoiled, with and without a declared length', needsUnlicensedData, async () => {
    const file = readFileSync(sharedData('shantou-air/20170411_daily_city_obs.txt'));
    const columns: readonly Column[] = [
      { name: 'site', start: 0, length: 5 },
      { name: 'year', start: 6, length: 4 },
      { name: 'month', start: 11, length: 2, zeros: 'strip' },
      { name: 'longitude', start: 17, length: 12 },
      { name: 'so2', start: 43, length: 8, nulls: ['-9999'] },
      { name: 'pm25', start: 92, length: 8, nulls: ['-9999'] },
    ];
    let [records, values] = [0, 0];
    for (const recordLength of [100, undefined]) {
      const pick = random(recordLength ?? 1);
      const lines = linesOf(file).map((line) => spoiled(line, pick, nasty));
      const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
      const reported = linesOf(bytes).map((line, i) =>
        reportedLine(line, i + 1, columns, 'gb18030', recordLength),
      );
      const options = { columns, ...defined({ recordLength }) };
      values += await compare(bytes, options, reported, columns, `observations ${recordLength ?? ''}`);
      records += reported.length;
    }
    assert.ok(records >= 2_800 && values > records, `${records} records, ${values} values`);
  });

  const columns: readonly Column[] = [
    { name: 'id', start: 0, length: 4, zeros: 'strip' },
    { name: 'name', start: 4, length: 6 },
    { name: 'n', start: 10, length: 3 },
  ];

  test('names of GBK and UTF-8, bytes changed, cut out, doubled', async () => {
    let [records, values] = [0, 0];
    for (const [encoding, bases] of [
      ['gb18030', [Buffer.from([...Buffer.from('0001'), 0xd5, 0xc5, 0xc8, 0xfd, ...Buffer.from('   12')])]],
      ['utf-8', [Buffer.from('0012张三 7 '), Buffer.from('0013ab      8')]],
    ] as const) {
      for (let seed = 1; seed <= 60; seed += 1) {
        const pick = random(seed);
        const lines = Array.from({ length: 20 }, () => bases[pick(bases.length)] ?? bases[0]);
        const whole = Buffer.concat(
          lines.flatMap((line) => [line, Buffer.from(pick(2) === 0 ? '\n' : '\r\n')]),
        );
        const bytes = mutated(whole, seed);
        // a mark of another encoding at the beginning decides about all of the file
        if (bytes[0] === 0xff || bytes[0] === 0xfe || bytes[0] === 0xef || bytes[0] === 0x84) continue;
        const reported = linesOf(bytes).map((line, i) => reportedLine(line, i + 1, columns, encoding));
        if (reported.length === 0) continue;
        values += await compare(bytes, { columns, encoding }, reported, columns, `${encoding}, seed ${seed}`);
        records += reported.length;
      }
    }
    assert.ok(records >= 1_800 && values > records, `${records} records, ${values} values`);
  });

  test('records without line ends', async () => {
    const pick = random(3);
    const parts = Array.from({ length: 1_000 }, () => spoiled(Buffer.from('0007ab cd 123'), pick, nasty));
    const reported = parts.map((part, i) => {
      const { fields } = reportedLine(Buffer.concat([part, Buffer.from('.')]), i + 1, columns, 'gb18030');
      return { line: i + 1, fields };
    });
    const options = { columns, lineEnds: false, recordLength: 13 };
    const values = await compare(Buffer.concat(parts), options, reported, columns, 'runs');
    assert.ok(values > 1_000);
  });
});
