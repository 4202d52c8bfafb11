import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { sharedData } from '../../tests/sharedData.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { random } from '../fixtures/mutated.ts';
import {
  assertSame,
  flat,
  spoiled,
  type Compared,
  type Reported,
  type ReportedRecord,
} from '../fixtures/oracle.ts';
import { readAll } from '../fixtures/readAll.ts';
import type { CellGroup } from '../reading/reader.ts';
import { encodeEbcdic as text } from './fixtures/hostBytes.ts';
import { binary, ebcdicText, packed, zoned } from './fixtures/hostOracle.ts';
import { reportedLines } from './fixtures/lineOracle.ts';
import { sourceOf } from './fixtures/readHost.ts';

/** Bytes that host fields have in wrong places: signs, blanks, low-values, digits, shifts, line ends. */
const nasty = [
  0x00, 0x40, 0xff, 0xc1, 0xd1, 0xf0, 0xf9, 0x0c, 0x0d, 0x0e, 0x4b, 0x60, 0x15, 0x25, 0xb5, 0x12,
];

type Field = readonly [path: string, at: number, size: number, read: (bytes: Uint8Array) => Reported];

const readFields = (record: Uint8Array, fields: readonly Field[]): ReadonlyMap<string, Reported> =>
  new Map(fields.map(([path, at, size, read]) => [path, read(record.subarray(at, at + size))]));

async function compared(
  bytes: Buffer,
  options: object,
  reported: readonly ReportedRecord[],
  place: string,
): Promise<Compared> {
  const read = await readAll('copybook', bytesOf(bytes, 1 + (reported.length % 4000)), options);
  const cells = (index: number): Map<string, CellGroup[string]> => flat(read.records[index] as CellGroup);
  return assertSame(read, reported, cells, place);
}

/** Compares every record of many spoiled files. @returns how many records and values */
async function fuzz(
  name: string,
  rounds: number,
  each: (pick: (below: number) => number) => {
    bytes: Buffer;
    options: object;
    reported: readonly ReportedRecord[];
  },
): Promise<Compared> {
  let [records, values] = [0, 0];
  for (let seed = 1; seed <= rounds; seed += 1) {
    const { bytes, options, reported } = each(random(seed));
    const found = await compared(bytes, options, reported, `${name}, seed ${seed}`);
    records += found.records;
    values += found.values;
  }
  return { records, values };
}

const number = (digits: number, scale = 0, signed = false): Parameters<typeof zoned>[1] => ({
  digits,
  scale,
  signed,
});

test('fixed records of a real file, spoiled', async () => {
  const file = readFileSync(sharedData('cobrix/fixed-display-binary/data.bin'));
  const options = {
    copybook: readFileSync(sharedData('cobrix/fixed-display-binary/copybook.cob'), 'utf8'),
    codePage: 'cp037',
  };
  const fields: readonly Field[] = [
    ['CURRENCY', 0, 3, ebcdicText],
    ['SIGNATURE', 3, 8, ebcdicText],
    ['COMPANY-NAME', 11, 15, ebcdicText],
    ['COMPANY-ID', 26, 10, ebcdicText],
    ['WEALTH-QFY', 36, 1, (bytes) => zoned(bytes, number(1))],
    ['AMOUNT', 37, 8, (bytes) => binary(bytes, number(11, 2, true))],
  ];
  const { records, values } = await fuzz('fixed', 4, (pick) => {
    const parts = Array.from({ length: file.length / 45 }, (_, i) =>
      spoiled(file.subarray(i * 45, (i + 1) * 45), pick, nasty),
    );
    const reported = parts.map((record, i) => ({ line: i + 1, fields: readFields(record, fields) }));
    return { bytes: Buffer.concat(parts), options, reported };
  });
  assert.ok(records >= 4_000 && values > records, `${records} records, ${values} values`);
});

test('every kind of number and text next to each other, damaged', async () => {
  const copybook = `01 R.
 05 A PIC 9(4).
 05 B PIC S9(3)V99.
 05 C PIC S9(4) COMP-3.
 05 D PIC 9(5)V9 COMP-3.
 05 E PIC S9(4) COMP.
 05 F PIC 9(9) COMP.
 05 G PIC S9(17) COMP-3.
 05 H PIC X(6).
 05 I.
  10 J PIC S9(18) COMP.
  10 K PIC 9(16).
`;
  const fields: readonly Field[] = [
    ['A', 0, 4, (bytes) => zoned(bytes, number(4))],
    ['B', 4, 5, (bytes) => zoned(bytes, number(5, 2, true))],
    ['C', 9, 3, (bytes) => packed(bytes, number(4, 0, true))],
    ['D', 12, 4, (bytes) => packed(bytes, number(6, 1))],
    ['E', 16, 2, (bytes) => binary(bytes, number(4, 0, true))],
    ['F', 18, 4, (bytes) => binary(bytes, number(9))],
    ['G', 22, 9, (bytes) => packed(bytes, number(17, 0, true))],
    ['H', 31, 6, ebcdicText],
    ['I/J', 37, 8, (bytes) => binary(bytes, number(18, 0, true))],
    ['I/K', 45, 16, (bytes) => zoned(bytes, number(16))],
  ];
  const good = Buffer.concat([
    text('  42'),
    Buffer.from('f0f1f2f3d4', 'hex'),
    Buffer.from('01234d', 'hex'),
    Buffer.from('0123456c', 'hex'),
    Buffer.from('fb2e0012d687', 'hex'),
    Buffer.from('12345678901234567d', 'hex'),
    text('ab c. '),
    Buffer.from('fffffffffffffc18', 'hex'),
    text('1234567890123456'),
  ]);
  const options = { copybook: sourceOf(copybook), codePage: 'cp037' };
  const { records, values } = await fuzz('numbers', 20, (pick) => {
    const parts = Array.from({ length: 125 }, () => spoiled(good, pick, nasty));
    const reported = parts.map((record, i) => ({ line: i + 1, fields: readFields(record, fields) }));
    return { bytes: Buffer.concat(parts), options, reported };
  });
  assert.ok(records === 2_500 && values > records, `${records} records, ${values} values`);
});

test('views that a field chooses, and views that nothing chooses, spoiled', async () => {
  const copybook = `01 R.
 05 T PIC X.
 05 P.
  10 PN PIC S9(5)V99 COMP-3.
  10 PT PIC X(2).
 05 E REDEFINES P.
  10 EN PIC 9(4).
  10 ET PIC X(2).
`;
  const common: Field = ['T', 0, 1, ebcdicText];
  const person: readonly Field[] = [
    ['P/PN', 1, 4, (bytes) => packed(bytes, number(7, 2, true))],
    ['P/PT', 5, 2, ebcdicText],
  ];
  const employer: readonly Field[] = [
    ['E/EN', 1, 4, (bytes) => zoned(bytes, number(4))],
    ['E/ET', 5, 2, ebcdicText],
  ];
  const bases = [Buffer.concat([text('P'), Buffer.from('0012345d', 'hex'), text('xy')]), text('E1234zz')];
  const isBad = (fields: ReadonlyMap<string, Reported>): boolean =>
    [...fields.values()].some((one) => 'bad' in one);
  const options = { copybook: sourceOf(copybook), codePage: 'cp037' };
  const chosen = { ...options, segmentField: 'T', segmentRedefines: { P: 'P', E: 'E' } };
  for (const choose of [true, false]) {
    const { records } = await fuzz(`views, ${String(choose)}`, 8, (pick) => {
      const parts = Array.from({ length: 125 }, () => spoiled(bases[pick(2)] ?? text(''), pick, nasty));
      const reported = parts.map((record, i): ReportedRecord => {
        const line = i + 1;
        const type = ebcdicText(record.subarray(0, 1));
        const [p, e] = [readFields(record, person), readFields(record, employer)];
        const first = readFields(record, [common]);
        if (choose) {
          const view =
            'value' in type ? (type.value === 'P' ? p : type.value === 'E' ? e : undefined) : undefined;
          return {
            line,
            fields: new Map([...first, ...(view ?? [])]),
            ...(view === undefined ? { as: 'doubt' } : {}),
          };
        }
        if (isBad(p) && isBad(e)) return { line, fields: new Map(), as: 'bad' };
        const fitting = new Map([...(isBad(p) ? [] : p), ...(isBad(e) ? [] : e)]);
        return {
          line,
          fields: new Map([...first, ...fitting]),
          ...(isBad(p) || isBad(e) ? { as: 'doubt' } : {}),
        };
      });
      return { bytes: Buffer.concat(parts), options: choose ? chosen : options, reported };
    });
    assert.equal(records, 1_000);
  }
});

test('records as long as their lists, and after descriptor words, damaged', async () => {
  const copybook = '01 R.\n 05 N PIC 9.\n 05 L PIC 99 OCCURS 0 TO 5 DEPENDING ON N.\n';
  const options = { copybook: sourceOf(copybook) };
  let records = 0;
  let refused = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const pick = random(seed);
    const word = seed % 2 === 0;
    const parts = Array.from({ length: 10 }, () => {
      const count = pick(6);
      const record = spoiled(
        text(`${count}${'0102030405'.slice(0, count * 2)}`),
        (below) => (pick(3) === 0 ? pick(below) : 0),
        nasty,
      );
      return word ? Buffer.concat([Buffer.from([0, record.length, 0, 0]), record]) : record;
    });
    const bytes = Buffer.concat(parts);
    const reported = word ? parts.map((part, i) => reportedList(part.subarray(4), i + 1)) : walkLists(bytes);
    const read = await readAll('copybook', bytesOf(bytes, 7), {
      ...options,
      ...(word ? { recordFormat: 'V' } : { variableSizeOccurs: true }),
    }).catch((error: unknown) => error);
    if (reported === undefined) {
      assert.ok(read instanceof Problem, `lists, seed ${seed}: cannot be read on`);
      refused += 1;
      continue;
    }
    assert.ok(!(read instanceof Error), `lists, seed ${seed}: ${String(read)}`);
    const all = read as Awaited<ReturnType<typeof readAll>>;
    const cells = (index: number): Map<string, CellGroup[string]> => flat(all.records[index] as CellGroup);
    records += assertSame(all, reported, cells, `lists, seed ${seed}`).records;
  }
  assert.ok(records >= 1_500 && refused > 10, `${records} records, ${refused} refused`);
});

test('lines of GBK text, spoiled', async () => {
  const copybook = '01 R.\n 05 NAME PIC X(6).\n 05 N PIC 9(3).\n 05 M PIC S9(2)V9.\n';
  const options = { copybook: sourceOf(copybook), recordFormat: 'D', encoding: 'gbk' };
  const bases = [
    Buffer.from([0xd5, 0xc5, 0xc8, 0xfd, 0x20, 0x20, ...Buffer.from('04212p')]),
    Buffer.from('ab     7123'),
  ];
  const { records, values } = await fuzz('lines', 10, (pick) => {
    const parts = Array.from({ length: 150 }, () =>
      spoiled(
        bases[pick(2)] ?? Buffer.alloc(0),
        pick,
        [0x20, 0x09, 0x30, 0x80, 0xff, 0x41, 0x0a, 0x81, 0x00],
      ),
    );
    const bytes = Buffer.concat(parts.map((part) => Buffer.concat([part, Buffer.from('\r\n')])));
    return { bytes, options, reported: reportedLines(bytes) };
  });
  assert.ok(records >= 1_500 && values > 1_000, `${records} records, ${values} values`);
});

/** What the reader must report for one record: its count, then its items. */
function reportedList(record: Uint8Array, line: number): ReportedRecord {
  const count = zoned(record.subarray(0, 1), number(1));
  if (!('value' in count))
    return { line, fields: new Map([['N', count]]), ...('doubt' in count ? { as: 'bad' as const } : {}) };
  if (typeof count.value !== 'number' || count.value > 5) return { line, fields: new Map(), as: 'bad' };
  // a record may hold as many bytes as the longest list
  if (record.length < 1 + count.value * 2 || record.length > 11)
    return { line, fields: new Map([['N', count]]), as: 'doubt' };
  const items = Array.from({ length: count.value }, (_, i) =>
    zoned(record.subarray(1 + i * 2, 3 + i * 2), number(2)),
  );
  const values = items.flatMap((one) => ('value' in one ? [one.value] : []));
  const wrong = items.find((one) => !('value' in one));
  return {
    line,
    fields: new Map<string, Reported>([
      ['N', count],
      ['L', wrong ?? { value: values }],
    ]),
  };
}

/** Records one after the other; undefined where their lengths cannot be known. */
function walkLists(bytes: Uint8Array): ReportedRecord[] | undefined {
  const reported: ReportedRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    const count = zoned(bytes.subarray(at, at + 1), number(1));
    if (!('value' in count) || typeof count.value !== 'number' || count.value > 5) return undefined;
    const end = at + 1 + count.value * 2;
    if (end > bytes.length) return undefined;
    reported.push(reportedList(bytes.subarray(at, end), reported.length + 1));
    at = end;
  }
  return reported;
}
