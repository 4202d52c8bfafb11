/** A workbook of entries → its lines, cell by cell, or where it is not the template. */
import { once, type Cell } from '../../../adapters/reading/reader.ts';
import { mergedRanges, type MergedRange } from '../../../adapters/xlsx/mergedCells.ts';
import { chosenSheet, openWorkbook, refuseOtherFiles } from '../../../adapters/xlsx/workbook.ts';
import { xlsx } from '../../../adapters/xlsx/xlsx.ts';
import { countInflated, zipEntries } from '../../../adapters/xlsx/zipGuard.ts';
import { exitCode, VerbFailure, type CheckFinding } from '../verb.ts';
import { entriesSheet, entryColumns, type EntryColumn } from './columns.ts';
import { defined } from '../../../terms/defined.ts';

export interface SheetLine {
  /** of the sheet, from 1 */
  readonly line: number;
  /** text of each cell that is not empty, by the key of its column */
  readonly cells: ReadonlyMap<string, string>;
}

export interface ReadSheet {
  readonly lines: readonly SheetLine[];
  readonly findings: readonly CheckFinding[];
}

/** Maximum bytes of a workbook, and of its unpacked content. */
export const largestFile = 16 * 1024 * 1024;
const largestContent = 256 * 1024 * 1024;
/** Number of lines that may contain the headings, and of columns that are examined. */
const headingLines = 10;
const widest = 64;

/**
 * @param sheet its name; absent: 目录, else the first
 * @throws Problem file_empty, file_limit_exceeded, file_protected, format_refused, xlsx_damaged, xlsx_sheet_missing
 * @throws VerbFailure (exit 1) where no line has the headings
 */
export async function readSheet(bytes: Buffer, sheet: string | undefined): Promise<ReadSheet> {
  const { name, merged } = await measured(bytes, sheet);
  const columns = Array.from({ length: widest }, (_, index) => String(index + 1));
  const options = {
    sheet: name,
    headerRows: [],
    columns,
    hidden: false,
    hiddenRows: 'read',
    hiddenColumns: 'read',
    blankRows: 'skip',
    scaledNumbers: 'stored',
    spreadsheetMarks: 'keep',
    maxFileBytes: largestFile,
    maxInflatedBytes: largestContent,
  };
  const rows: { readonly line: number; readonly cells: readonly string[] }[] = [];
  const findings: CheckFinding[] = [];
  for await (const batch of xlsx.read(once(bytes), options)) {
    if (batch.kind !== 'table') continue;
    for (const [index, cells] of [...batch.records].entries())
      rows.push({ line: batch.lines[index] ?? 0, cells: cells.map(textOf) });
    const problems = [
      ...batch.bad.flatMap((bad) => bad.problems),
      // merged cells have a separate finding, and days are read as days
      ...batch.doubts
        .map(({ problem }) => problem)
        .filter(({ rule }) => !['xlsx.merged', 'xlsx.date-part'].includes(rule)),
    ];
    for (const { line, column, rule, message } of problems)
      findings.push({ code: rule, line, message, ...placed(column) });
  }
  rows.sort((one, other) => one.line - other.line);
  const places = headings(rows.filter(({ line }) => line <= headingLines));
  findings.push(...faultsOf(places), ...mergedFaults(merged, places));
  const below = rows.filter(({ line }) => line > places.line);
  if (below.length === 0 && findings.length === 0)
    findings.push(
      finding('no_entries', places.line, '表头以下没有条目', 'there are no entries below the headings'),
    );
  for (const { line, cells } of below)
    for (const [index, cell] of cells.entries())
      if (cell !== '' && !places.columns.has(index) && !places.unknown.includes(index))
        findings.push(
          finding('heading_missing', line, '该列没有表头', 'is in a column without a heading', index),
        );
  return {
    findings: findings.sort((one, other) => (one.line ?? 0) - (other.line ?? 0)),
    lines: below.map(({ line, cells }) => ({
      line,
      cells: new Map(
        [...places.columns].flatMap(([index, { key }]) => {
          const cell = cells[index] ?? '';
          return cell === '' ? [] : [[key, cell] as const];
        }),
      ),
    })),
  };
}

/** The sheet to read, and which of its cells are merged. The archive is measured before it is opened. */
async function measured(
  bytes: Buffer,
  sheet: string | undefined,
): Promise<{ readonly name: string; readonly merged: readonly MergedRange[] }> {
  refuseOtherFiles(bytes);
  const limits = { maxInflatedBytes: largestContent, maxEntries: 1000, maxRatio: 200 };
  const entries = zipEntries(bytes, limits);
  const { sheets } = openWorkbook(entries);
  const own = sheets.some(({ name, hidden }) => name === entriesSheet && !hidden) ? entriesSheet : undefined;
  const wanted = sheet ?? own;
  const { name, part } = chosenSheet(sheets, {
    hidden: false,
    ...defined({ sheet: wanted }),
  });
  await countInflated(entries, limits);
  return { name, merged: part === undefined ? [] : await mergedRanges(part) };
}

const textOf = (cell: Cell): string =>
  cell === null || cell === undefined || typeof cell === 'object' ? '' : String(cell).trim();

interface Headings {
  readonly line: number;
  /** by place, from 0 */
  readonly columns: ReadonlyMap<number, EntryColumn>;
  /** positions of headings that the template does not have, and of duplicates */
  readonly unknown: readonly number[];
  readonly twice: readonly number[];
}

/** @throws VerbFailure */
function headings(rows: readonly { readonly line: number; readonly cells: readonly string[] }[]): Headings {
  const first = entryColumns.slice(0, 2).map(({ heading }) => heading);
  const row = rows.find(({ cells }) => first.every((heading) => cells.map(bare).includes(heading)));
  if (row === undefined)
    throw new VerbFailure(
      exitCode.refused,
      {
        zh: `前 ${headingLines} 行中没有同时写着“${first.join('”“')}”的表头行`,
        en: `none of the first ${headingLines} lines has the headings ${first.join(' and ')}`,
      },
      {
        zh: '表头须各占一格、同在一行；用 datong catalogue template 取模板',
        en: 'each heading needs its own cell, all in one row; datong catalogue template writes the template',
      },
    );
  const columns = new Map<number, EntryColumn>();
  const unknown: number[] = [];
  const twice: number[] = [];
  for (const [index, cell] of row.cells.entries()) {
    if (cell === '') continue;
    const found = entryColumns.find(({ heading }) => heading === bare(cell));
    if (found === undefined) unknown.push(index);
    else if ([...columns.values()].includes(found)) twice.push(index);
    else columns.set(index, found);
  }
  return { line: row.line, columns, unknown: [...unknown, ...twice], twice };
}

/** Without spaces, line ends, and the stars that mark required columns. */
const bare = (cell: string): string => cell.replace(/[\s*＊]+/g, '');

function faultsOf({ line, columns, unknown, twice }: Headings): CheckFinding[] {
  const there = [...columns.values()];
  return [
    ...unknown.map((index) =>
      twice.includes(index)
        ? finding('heading_twice', line, '表头重复', 'is a heading that appears twice', index)
        : finding(
            'heading_unknown',
            line,
            '模板没有这个表头，请去掉该列',
            'is no heading of the template: remove the column',
            index,
          ),
    ),
    ...entryColumns
      .filter((one) => one.required && !there.includes(one))
      .map(({ heading }) =>
        finding('heading_missing', line, `缺少表头“${heading}”`, `the heading ${heading} is missing`),
      ),
  ];
}

function mergedFaults(merged: readonly MergedRange[], { line, columns }: Headings): CheckFinding[] {
  return merged
    .filter(({ first, last, left }) => last > first && last >= line && columns.has(left))
    .map(({ first, last, left }) =>
      finding(
        'cells_merged',
        first,
        `第 ${first} 至 ${last} 行是合并的单元格，请取消合并并逐行填写`,
        `lines ${first} to ${last} are merged: split them and fill in each line`,
        left,
      ),
    );
}

/** `A`, `Z`, `AA` … of a column. @param column from 1; 0 where there is none */
function placed(column: number): { readonly path?: string } {
  let letters = '';
  for (let left = column; left > 0; left = Math.floor((left - 1) / 26))
    letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters;
  return letters === '' ? {} : { path: letters };
}

/** @param index of the column, from 0 */
export const finding = (code: string, line: number, zh: string, en: string, index = -1): CheckFinding => ({
  code,
  line,
  message: { zh, en },
  ...placed(index + 1),
});
