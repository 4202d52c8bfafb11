/** Files that the benches of the adapters and of the intake read, and how they are made. */
import { createSecretKey } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { demoRegions } from '../adapters/fixtures/demoRegions.ts';
import { householdMapping } from '../adapters/fixtures/householdMapping.ts';
import { compileMapping } from '../adapters/mapping/compile.ts';
import type { CopyTask } from '../hub/flows/intake/translation/copyTask.ts';
import { copyPartsInThreads } from '../hub/flows/intake/translation/threads/copyPartsInThreads.ts';
import type { ThreadPool } from '../hub/flows/intake/translation/threads/threadPool.ts';
import { sharedSchema } from '../machine/shippedSchemas.ts';
import { surroundingsWith } from '../machine/surroundings.ts';
import { zipFile } from '../adapters/xlsx/fixtures/workbookFile.ts';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { encodeGb18030 } from '../terms/gb18030.ts';
import { cellsOf, csvLine, headers } from '../clients/cli/demo/files/householdFile.ts';
import { seededRandom, residents } from '../clients/cli/demo/files/invented.ts';

/* The same invented people in every format that the benches read. */

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

export type Cells = readonly string[];

/**
 * A GB18030 CSV of invented people, written piece by piece: a million of them in memory would slow the measured code.
 * @param change of each row
 */
export async function writePeople(
  path: string,
  rows: number,
  seed: number,
  change: (cells: Cells) => Cells = (cells) => cells,
): Promise<void> {
  const people = residents(seededRandom(seed));
  function* pieces(): Generator<Uint8Array> {
    yield encodeGb18030(csvLine(headers));
    for (let written = 0; written < rows; written += 5_000) {
      let text = '';
      for (let i = 0; i < 5_000; i += 1) text += csvLine(change(cellsOf(people.next().value)));
      yield encodeGb18030(text);
    }
  }
  await pipeline(Readable.from(pieces()), createWriteStream(path));
}

/* A workbook of many rows, made by compressing one range of rows again and again. */

const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';

/** @param bytes of the sheet, unpacked */
export function largeWorkbook(people: readonly (readonly string[])[], bytes: number): Uint8Array {
  const row = (cells: readonly string[]): string =>
    `<row>${cells.map((cell) => `<c t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}</row>`;
  const range = people.map(row).join('');
  const copies = Math.max(1, Math.floor(bytes / Buffer.byteLength(range)));
  const header = row(Array.from({ length: 12 }, (_, i) => `c${i}`));
  return zipFile([
    {
      name: '[Content_Types].xml',
      content: '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    },
    {
      name: '_rels/.rels',
      content: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      content: `<workbook ${main} xmlns:r="${relationships}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relationships}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    },
    {
      name: 'xl/worksheets/sheet1.xml',
      content: `<worksheet ${main}><sheetData>${header}${range.repeat(copies)}</sheetData></worksheet>`,
    },
  ]);
}

/* One file of people translated from end to end in a thread of a pool, as an intake has it. */

const schema = sharedSchema('household@1');
const task: CopyTask = {
  schema,
  mapping: compileMapping(householdMapping, schema, surroundingsWith([demoRegions]).codeLists),
  subjectKey: createSecretKey(Buffer.alloc(32, 1)),
  codeLists: { digest: 'demo', lists: [demoRegions] },
};

/** @param path of `writePeople` @throws Error where a row got lost */
export async function translate(path: string, rows: number, pool: ThreadPool): Promise<void> {
  let found = 0;
  for await (const part of copyPartsInThreads(task, createReadStream(path), 1, pool))
    found += part.lines.length;
  if (found !== rows) throw new Error(`${found} rows instead of ${rows}`);
}

/* A GB18030 CSV of the household register, written to disk in pieces. */

const atOnce = 5_000;

const same = (cells: readonly string[]): readonly string[] => cells;

export interface Households {
  readonly rows: number;
  /** other people each time: the same bytes again would not be loaded */
  readonly seed: number;
  /** number of people to skip: those of one seed have different numbers, those of two seeds may share some */
  readonly after?: number;
  /** of other cells than a person has */
  readonly changed?: (cells: readonly string[]) => readonly string[];
}

/** @param parts written one after the other */
export async function writeHouseholds(path: string, ...parts: readonly Households[]): Promise<void> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield encodeGb18030(csvLine(headers));
    for (const { rows, seed, after = 0, changed = same } of parts) {
      const people = residents(seededRandom(seed));
      for (let passed = 0; passed < after; passed += 1) people.next();
      for (let written = 0; written < rows; written += atOnce) {
        let text = '';
        const more = Math.min(atOnce, rows - written);
        for (let i = 0; i < more; i += 1) text += csvLine(changed(cellsOf(people.next().value)));
        yield encodeGb18030(text);
      }
    }
  }
  await pipeline(chunks, createWriteStream(path));
}
