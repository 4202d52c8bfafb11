/** The same invented people in every format that the benches read. */
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { cellsOf, csvLine, headers } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom, residents } from '../../clients/cli/demo/files/invented.ts';

export interface SampleFile {
  readonly format: string;
  readonly options: object;
  /** bytes before the first record */
  readonly head: Uint8Array;
  /** one range of whole records */
  readonly body: Uint8Array;
  readonly tail: Uint8Array;
}

export function peopleCells(rows: number, seed = 1): (readonly string[])[] {
  const people = residents(seededRandom(seed));
  return Array.from({ length: rows }, () => cellsOf(people.next().value));
}

const none = new Uint8Array(0);
/** Widths in bytes of GB18030, enough for every invented person. */
const widths = [18, 12, 2, 8, 8, 4, 60, 6, 11, 18, 8, 14];

function padded(cell: string, width: number): Buffer {
  const bytes = encodeGb18030(cell);
  const field = Buffer.alloc(width, 0x20);
  field.set(bytes.subarray(0, width));
  return field;
}

/** Encodes in pieces: the encoder uses one number for each byte. */
function encodedLines(lines: readonly string[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < lines.length; at += 5_000)
    pieces.push(encodeGb18030(lines.slice(at, at + 5_000).join('')));
  return Buffer.concat(pieces);
}

export const csvFile = (people: readonly (readonly string[])[]): SampleFile => ({
  format: 'csv',
  options: { encoding: 'gb18030', separator: ',' },
  head: encodeGb18030(csvLine(headers)),
  body: encodedLines(people.map(csvLine)),
  tail: none,
});

export function fixedFile(people: readonly (readonly string[])[]): SampleFile {
  let start = 0;
  const columns = widths.map((length, i) => {
    const column = { name: headers[i] ?? '', start, length };
    start += length;
    return column;
  });
  const newline = Buffer.from('\n');
  const body = Buffer.concat(
    people.flatMap((cells) => [...cells.map((cell, i) => padded(cell, widths[i] ?? 0)), newline]),
  );
  return { format: 'fixed', options: { encoding: 'gb18030', columns }, head: none, body, tail: none };
}

/** Five fields as a host has them: text, zoned, packed and binary numbers. */
export function copybookFile(people: readonly (readonly string[])[]): SampleFile {
  const digits = (text: string): Buffer => Buffer.from([...text].map((digit) => 0xf0 + Number(digit)));
  const body = Buffer.concat(
    people.map((cells, i) => {
      const record = Buffer.alloc(18 + 8 + 6 + 5 + 4, 0x40);
      digits(cells[0]?.slice(0, 17) ?? '').copy(record, 0);
      digits(cells[3] ?? '').copy(record, 18);
      digits(cells[7] ?? '').copy(record, 26);
      const cents = (cells[11] ?? '').replaceAll(/\D/g, '').padStart(9, '0').slice(-9);
      Buffer.from(`${cents}c`, 'hex').copy(record, 32);
      record.writeInt32BE(i, 37);
      return record;
    }),
  );
  const copybook = [
    '       01  PERSON.',
    '           05  ID-NUMBER   PIC X(18).',
    '           05  BIRTH       PIC 9(8).',
    '           05  REGION      PIC X(6).',
    '           05  INCOME      PIC S9(7)V99 COMP-3.',
    '           05  SERIAL      PIC S9(9) COMP.',
    '',
  ].join('\n');
  return { format: 'copybook', options: { copybook, codePage: 'cp037' }, head: none, body, tail: none };
}

const names = [
  'id',
  'name',
  'sex',
  'birth',
  'household',
  'relation',
  'address',
  'region',
  'mobile',
  'guardian',
  'moved',
  'income',
];

export function xmlFile(people: readonly (readonly string[])[]): SampleFile {
  const body = people
    .map(
      (cells) =>
        `<row>${cells.map((cell, i) => `<${names[i] ?? ''}>${cell}</${names[i] ?? ''}>`).join('')}</row>\n`,
    )
    .join('');
  return {
    format: 'xml',
    options: { rows: '/rows/row' },
    head: Buffer.from('<rows>\n'),
    body: Buffer.from(body),
    tail: Buffer.from('</rows>'),
  };
}

export function jsonFile(people: readonly (readonly string[])[]): SampleFile {
  const body = people
    .map((cells) => `${JSON.stringify(Object.fromEntries(cells.map((cell, i) => [names[i], cell])))}\n`)
    .join('');
  return { format: 'json', options: { layout: 'lines' }, head: none, body: Buffer.from(body), tail: none };
}

export function hl7File(people: readonly (readonly string[])[]): SampleFile {
  const body = people
    .map(
      (cells, i) =>
        `MSH|^~\\&|A|B|C|D|20240101||ADT^A01|${i}|P|2.5\rPID|1||${cells[0] ?? ''}||${cells[1] ?? ''}||${cells[3] ?? ''}|${cells[2] ?? ''}|||${cells[6] ?? ''}\r`,
    )
    .join('');
  return { format: 'hl7', options: {}, head: none, body: Buffer.from(body), tail: none };
}

/** @param copies how often the body is repeated in the file: the header must state it */
export function dbfFile(people: readonly (readonly string[])[], copies = 1): SampleFile {
  const header = Buffer.alloc(32 + widths.length * 32 + 1);
  header[0] = 3;
  header[1] = 124;
  header[2] = 1;
  header[3] = 1;
  header.writeUInt32LE(people.length * copies, 4);
  header.writeUInt16LE(header.length, 8);
  header.writeUInt16LE(
    widths.reduce((sum, width) => sum + width, 1),
    10,
  );
  header[29] = 0x4d;
  widths.forEach((width, i) => {
    header.write((names[i] ?? '').toUpperCase(), 32 + i * 32);
    header.write(names[i] === 'birth' ? 'D' : 'C', 43 + i * 32);
    header[48 + i * 32] = width;
  });
  header[header.length - 1] = 0x0d;
  const flag = Buffer.from(' ');
  const body = Buffer.concat(
    people.flatMap((cells) => [flag, ...cells.map((cell, i) => padded(cell, widths[i] ?? 0))]),
  );
  return { format: 'dbf', options: {}, head: header, body, tail: Buffer.from([0x1a]) };
}

/** The file in chunks as a disk or a socket gives them. */
export async function* chunksOf(
  { head, body, tail }: SampleFile,
  copies = 1,
  chunk = 65_536,
): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(head);
  for (let copy = 0; copy < copies; copy += 1) {
    for (let at = 0; at < body.length; at += chunk) yield body.subarray(at, at + chunk);
  }
  yield tail;
}
