/** Data of a workbook needed before its rows are read: its sheets, which of them are hidden, and the accompanying parts. */
import { Problem } from '../../terms/problem.ts';
import { elementsOf, type PartElement } from './elements.ts';
import type { XlsxOptions } from './options.ts';
import type { ZipEntry } from './zipGuard.ts';

export interface Sheet {
  readonly name: string;
  readonly hidden: boolean;
  /** undefined where the workbook lacks it, or where it contains no cells (a chart) */
  readonly part: ZipEntry | undefined;
}

export interface Workbook {
  readonly sheets: readonly Sheet[];
  /** texts that cells point at */
  readonly texts: ZipEntry | undefined;
  readonly styles: ZipEntry | undefined;
  /** days are counted from 1904-01-01 */
  readonly date1904: boolean;
  /** the workbook requests computation when it is opened: results of formulas may be mere placeholders */
  readonly uncomputed: boolean;
}

const ole2 = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const encryptedPackage = Buffer.from('EncryptedPackage', 'utf16le');

/** Rejects files that only resemble a workbook. @throws Problem file_empty, file_protected, format_refused, xlsx_damaged */
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
export function openWorkbook(entries: readonly ZipEntry[]): Workbook {
  if (entries.some((entry) => entry.encrypted)) throw new Problem('file_protected');
  const parts = new Map(entries.map((entry) => [entry.name, entry]));
  if (parts.size < entries.length) throw new Problem('xlsx_damaged', { what: 'a part that occurs twice' });
  if (parts.has('xl/workbook.bin')) throw new Problem('format_refused', { found: '.xlsb', instead: '.xlsx' });
  if (parts.has('content.xml') && parts.has('mimetype'))
    throw new Problem('format_refused', { found: '.ods', instead: '.xlsx' });
  const path =
    relations(parts, '').find(({ kind }) => kind === 'officeDocument')?.target ?? 'xl/workbook.xml';
  const part = parts.get(path);
  if (part === undefined) throw new Problem('xlsx_damaged', { what: 'no workbook' });
  const related = relations(parts, path);
  const elements = elementsOf(part);
  const within = (kind: string): ZipEntry | undefined =>
    parts.get(related.find((relation) => relation.kind === kind)?.target ?? '');
  const flag = (element: string, attribute: string): boolean =>
    /^(1|true)$/.test(elements.find(({ name }) => name === element)?.attributes.get(attribute) ?? '');
  return {
    sheets: elements
      .filter(({ name, parent }) => name === 'sheet' && parent === 'sheets')
      .map(({ attributes }) => sheetOf(attributes, related, parts)),
    texts: within('sharedStrings'),
    styles: within('styles'),
    date1904: flag('workbookPr', 'date1904'),
    uncomputed: flag('calcPr', 'fullCalcOnLoad'),
  };
}

function sheetOf(
  attributes: PartElement['attributes'],
  related: readonly Relation[],
  parts: ReadonlyMap<string, ZipEntry>,
): Sheet {
  const relation = related.find(({ id, kind }) => id === attributes.get('id') && kind === 'worksheet');
  return {
    name: attributes.get('name') ?? '',
    hidden: /^(hidden|veryHidden)$/.test(attributes.get('state') ?? ''),
    part: parts.get(relation?.target ?? ''),
  };
}

interface Relation {
  readonly id: string;
  /** last word of its type: worksheet, styles, … */
  readonly kind: string;
  /** name of the target part */
  readonly target: string;
}

/** Targets of the relations of a part; '' means the whole archive. */
function relations(parts: ReadonlyMap<string, ZipEntry>, path: string): Relation[] {
  const slash = path.lastIndexOf('/') + 1;
  const folder = path.slice(0, slash);
  const entry = parts.get(`${folder}_rels/${path.slice(slash)}.rels`);
  if (entry === undefined) return [];
  return elementsOf(entry)
    .filter(({ name, attributes }) => name === 'Relationship' && attributes.get('TargetMode') !== 'External')
    .map(({ attributes }) => ({
      id: attributes.get('Id') ?? '',
      kind: (attributes.get('Type') ?? '').split('/').at(-1) ?? '',
      target: resolved(folder, attributes.get('Target') ?? ''),
    }));
}

function resolved(folder: string, target: string): string {
  const steps: string[] = [];
  for (const step of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

/** The sheet to read. @throws Problem xlsx_sheet_missing */
export function chosenSheet(sheets: readonly Sheet[], options: Pick<XlsxOptions, 'sheet' | 'hidden'>): Sheet {
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
  return chosen;
}
