/** What must be known of a workbook before its rows are read: its sheets, and which of them are hidden. */
import { Problem } from '../../terms/problem.ts';
import type { XlsxOptions } from './options.ts';
import { smallEntry, type ZipEntry } from './zipGuard.ts';

export interface Sheet {
  readonly name: string;
  readonly hidden: boolean;
}

const ole2 = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const encryptedPackage = Buffer.from('EncryptedPackage', 'utf16le');

/** Refuses what only looks like a workbook. @throws Problem file_empty, file_protected, format_refused, xlsx_damaged */
export function refuseOtherFiles(bytes: Buffer): void {
  if (bytes.length === 0) throw new Problem('file_empty');
  if (bytes.subarray(0, 8).equals(ole2)) {
    if (bytes.includes(encryptedPackage)) throw new Problem('file_protected');
    throw new Problem('format_refused', { found: '.xls / .et', instead: '.xlsx' });
  }
  if (bytes.length < 22 || bytes.readUInt16LE(0) !== 0x4b50)
    throw new Problem('xlsx_damaged', { what: 'not a zip archive' });
}

/** @throws Problem xlsx_damaged, file_protected, format_refused */
export function sheetsOf(entries: readonly ZipEntry[]): Sheet[] {
  if (entries.some((entry) => entry.encrypted)) throw new Problem('file_protected');
  const names = new Map(entries.map((entry) => [entry.name, entry]));
  if (names.has('xl/workbook.bin')) throw new Problem('format_refused', { found: '.xlsb', instead: '.xlsx' });
  if (names.has('content.xml') && names.has('mimetype'))
    throw new Problem('format_refused', { found: '.ods', instead: '.xlsx' });
  const workbook =
    names.get('xl/workbook.xml') ?? entries.find(({ name }) => /(^|\/)workbook\.xml$/.test(name));
  if (workbook === undefined) throw new Problem('xlsx_damaged', { what: 'no workbook' });
  const text = smallEntry(workbook, 16 * 1024 * 1024);
  return [...text.matchAll(/<(?:\w+:)?sheet\s([^>]*)>/g)].map(([, attributes = '']) => ({
    name: unescaped(/\bname="([^"]*)"/.exec(attributes)?.[1] ?? ''),
    hidden: /\bstate="(hidden|veryHidden)"/.test(attributes),
  }));
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescaped = (text: string): string =>
  text.replaceAll(
    /&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? whole;
      return String.fromCodePoint(
        Math.min(0x10ffff, decimal === undefined ? Number.parseInt(hex ?? '0', 16) : Number(decimal)),
      );
    },
  );

/** Name of the sheet to read. @throws Problem xlsx_sheet_missing */
export function chosenSheet(sheets: readonly Sheet[], options: XlsxOptions): string {
  const visible = sheets.filter(({ hidden }) => !hidden);
  const { sheet } = options;
  const chosen =
    typeof sheet === 'string'
      ? (options.hidden ? sheets : visible).find(({ name }) => name === sheet)
      : visible[(sheet ?? 1) - 1];
  if (chosen === undefined) {
    throw new Problem('xlsx_sheet_missing', {
      sheet: String(sheet ?? 1),
      found: visible
        .map(({ name }) => name)
        .join(', ')
        .slice(0, 300),
    });
  }
  return chosen.name;
}
