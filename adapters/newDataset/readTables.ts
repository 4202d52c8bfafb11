/** The tables of a file from which a dataset is drafted: a sample, a list of columns, or CREATE TABLE statements. Nothing of it is stored. */
import { decodeChinese, csvRows } from '../../schemas/csvText.ts';
import { readDdl } from '../../schemas/draft/readDdl.ts';
import { readObjects, readRows } from '../../schemas/draft/readRows.ts';
import type { Table } from '../../schemas/draft/table.ts';
import { isSchemaObject } from '../../schemas/jsonSchema.ts';
import { JsonFault, readJson } from '../../schemas/readJson.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { formatNamed, readRecords } from '../formats.ts';
import { detectFormat } from '../suggest/detectFormat.ts';
import { once } from '../reading/reader.ts';
import { cellText } from '../reading/reader.ts';
import { rowRules, type RowRule } from '../reading/rowRules.ts';
import { withoutMarks } from '../reading/text/spreadsheetMarks.ts';
import { textSign, visibleText } from '../reading/text/textSigns.ts';
import { textDamage } from '../mapping/spreadsheetDamage.ts';
import { headerGuess, withGroupRow, type LookedRow } from '../suggest/headerGuess.ts';
import { type Sign, signText, type Signs } from '../suggest/sign.ts';
import { sheetRows, withMergedRows } from '../suggest/sheetGuesses.ts';
import type { MergedRange } from '../xlsx/mergedCells.ts';
import { openSheet } from '../xlsx/openSheet.ts';
import { headerNames } from '../reading/text/header.ts';
import { isBelowHeader } from '../suggest/rowsBelowHeader.ts';

/**
 * Rows of a sheet or a CSV file as tables for drafts: header lines are joined, and lines that number columns or name units are left out.
 * @param header lines of the header of a sample; for lists of columns it is detected
 */
function headedTables(name: string, rows: readonly LookedRow[], header: readonly number[]): Table[] {
  const tables = readRows(
    name,
    rows.map(({ cells }) => cells),
  );
  if (tables[0]?.source !== 'sample') return tables;
  const end = Math.max(0, ...header);
  const below = rows.filter(({ line }) => line > end);
  const first = below.findIndex(({ cells }) => !isBelowHeader(cells));
  const above = rows.filter(({ line }) => line < Math.min(...header));
  const hasLabels = above.some(({ cells }) => cells.filter((cell) => cell.trim() !== '').length > 1);
  if (header.length === 0 || (header.length < 2 && first < 1 && !hasLabels)) return tables;
  const names = headerNames(header.map((line) => rows.find((row) => row.line === line)?.cells ?? []));
  const title = above
    .flatMap(({ cells }) => cells.map((cell) => cell.trim()))
    .find((cell) => cell.length > 1 && !/[:：]/.test(cell));
  const sample = readRows(name, [
    ...(title === undefined ? [] : [[title]]),
    names,
    ...below.slice(Math.max(0, first)).map(({ cells }) => cells),
  ]);
  const lines = header.join(', ');
  const joined: Bilingual = {
    zh: `表头为第 ${lines} 行`,
    en: `the header is in ${header.length === 1 ? 'line' : 'lines'} ${lines}`,
  };
  return sample.map((table) => withDoubts(table, [joined]));
}

/** A table with its reader's doubts. */
const withSigns = (table: Table, signs: Signs): Table => withDoubts(table, [...signs.values()].map(signText));

const withDoubts = (table: Table, doubts: readonly Bilingual[]): Table =>
  doubts.length === 0 ? table : { ...table, doubts: [...(table.doubts ?? []), ...doubts] };

const usualInflatedBytes = 256 * 1024 * 1024;
/** Rows of a sheet: a list of columns is no longer, and a sample need not be. */
const maxRows = 5_000;

/**
 * The tables of a workbook, one a sheet: column lists or samples, read as `datong batch adapt` reads them. Merged cells have the value of
 * the first of them; a header of several rows is joined by them.
 * @param name of the table where a workbook has one sheet
 * @param maxInflatedBytes of all parts of the workbook together
 * @throws Problem file_empty, file_limit_exceeded, file_protected, format_refused, xlsx_damaged, xlsx_sheet_missing
 */
export async function workbookTables(
  name: string,
  bytes: Buffer,
  maxInflatedBytes = usualInflatedBytes,
): Promise<Table[]> {
  const { workbook } = await openSheet(bytes, { hidden: true, maxInflatedBytes });
  const sheets = workbook.sheets.filter(({ part }) => part !== undefined);
  const tables: Table[] = [];
  for (const sheet of sheets) {
    const signs = new Map<string, Sign>();
    const named = { sheet: sheet.name, hidden: true };
    const { merged } = await openSheet(bytes, { ...named, maxInflatedBytes });
    const rows = await sheetRows(bytes, { ...named, maxInflatedBytes }, signs, maxRows);
    const found = sheetTables(sheets.length === 1 ? name : sheet.name, rows, merged);
    tables.push(...found.map((table) => withSigns(table, signs)));
  }
  return tables;
}

function sheetTables(name: string, read: readonly LookedRow[], merged: readonly MergedRange[]): Table[] {
  const header = withMergedRows(
    headerGuess(read, () => false),
    read,
    merged,
  );
  return headedTables(name, filledDown(read, merged), header.value);
}

/** Rows with the values of cells that are merged downwards. */
function filledDown(rows: readonly LookedRow[], merged: readonly MergedRange[]): LookedRow[] {
  const byLine = new Map(rows.map((row) => [row.line, { line: row.line, cells: [...row.cells] }]));
  for (const { first, last, left } of merged) {
    const value = byLine.get(first)?.cells[left] ?? '';
    for (let line = first + 1; line <= Math.min(last, first + maxRows); line += 1) {
      const cells = byLine.get(line)?.cells;
      if (cells === undefined || (cells[left] ?? '') !== '') continue;
      while (cells.length < left) cells.push('');
      cells[left] = value;
    }
  }
  return [...byLine.values()];
}

/**
 * The tables of a CSV file: its cells as `datong batch adapt` reads them, without marks of spreadsheets and characters that cannot be seen.
 * @param name of the table @param content text of the file; empty result where it has no columns
 */
function csvTables(name: string, content: string): Table[] {
  const signs = new Map<string, Sign>();
  const rows = csvRows(content).map(({ line, cells }) => ({
    line,
    cells: cells.map((cell) => plainCell(cell, signs)),
  }));
  // one column and nothing below it is a sentence and no table
  if (rows.length < 2 && (rows[0]?.cells.length ?? 0) < 2) return [];
  const header = withGroupRow(
    headerGuess(rows, () => false),
    rows,
  );
  return headedTables(name, rows, header.value).map((table) => withSigns(table, signs));
}

function plainCell(cell: string, signs: Map<string, Sign>): string {
  const note = (rule: RowRule, severity: Sign['severity']): void => {
    const places = (signs.get(rule)?.places ?? 0) + 1;
    signs.set(rule, { rule, severity, message: rowRules[rule], places });
  };
  const value = withoutMarks(cell);
  if (value !== cell) note('spreadsheet.mark', 'warning');
  const rule = textSign(value) ?? textDamage(value.trim(), false, '');
  if (rule !== undefined) note(rule, 'doubt');
  return visibleText(value);
}

export interface TablesRead {
  /** those with columns, in the order of the file */
  readonly tables: readonly Table[];
  /** doubts about parts without columns */
  readonly doubts: readonly Bilingual[];
}

/** Records of a sample that are examined; those of a sheet or a CSV file have a limit of their own. */
const maxRecords = 2_000;

/**
 * @param name of the file, without its ending: the name of a table that has none
 * @param maxInflatedBytes of all parts of a workbook
 * @throws Problem sample_unfit; for a workbook also file_empty, file_limit_exceeded, file_protected, format_refused, xlsx_damaged
 */
export async function readTables(
  name: string,
  bytes: Buffer,
  maxInflatedBytes?: number,
): Promise<TablesRead> {
  const tables = isWorkbook(bytes)
    ? await workbookTables(name, bytes, maxInflatedBytes)
    : detectFormat(bytes).value === 'dbf'
      ? [await databaseTable(name, bytes)]
      : textTables(name, bytes);
  const filled = tables.filter(({ columns }) => columns.length > 0);
  const doubts = tables.flatMap(({ columns, doubts: own = [] }) => (columns.length === 0 ? own : []));
  if (filled.length === 0) throw withoutColumns(doubts);
  if (filled.length > maxTables || filled.some(({ columns }) => columns.length > maxColumns))
    throw unfit(
      `超过 ${maxTables} 张表，或一张表超过 ${maxColumns} 列`,
      `it has more than ${maxTables} tables, or a table of more than ${maxColumns} columns`,
    );
  return { tables: filled, doubts };
}

/** A schema has at most 300 fields, so more columns are not a table of that kind. */
const maxColumns = 1_000;
const maxTables = 1_000;

const unfit = (zh: string, en: string): Problem => new Problem('sample_unfit', { reason: { zh, en } });

const withoutColumns = (doubts: readonly Bilingual[] = []): Problem =>
  new Problem(
    'sample_unfit',
    { reason: { zh: '没有找到表或列', en: 'no table and no columns were found' } },
    { findings: doubts.map((message) => ({ message })) },
  );

/** Both kinds of workbook: the old one is refused by name and not read as text. */
const isWorkbook = (bytes: Buffer): boolean =>
  bytes.subarray(0, 2).toString('latin1') === 'PK' || bytes.subarray(0, 4).toString('hex') === 'd0cf11e0';

/** A DBF file: its fields have names, and no memo is read. */
async function databaseTable(name: string, bytes: Buffer): Promise<Table> {
  const { header, rows } = await firstRecords(bytes);
  const columns = header.map((column, place) => ({
    name: column,
    samples: rows.map((cells) => (cells[place] ?? '').trim()),
  }));
  return { name, columns, source: 'sample' };
}

async function firstRecords(
  bytes: Buffer,
): Promise<{ readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }> {
  const rows: (readonly string[])[] = [];
  let header: readonly string[] = [];
  for await (const batch of readRecords(formatNamed('dbf'), once(bytes), { memo: 'ignore' })) {
    if (batch.kind !== 'table') continue;
    header = batch.columns;
    for (const record of batch.records) {
      if (rows.length >= maxRecords) return { header, rows };
      rows.push(record.map(cellText));
    }
  }
  return { header, rows };
}

function textTables(name: string, bytes: Buffer): readonly Table[] {
  if (bytes.includes(0))
    throw unfit(
      '不是文本（可能是 UTF-16 或二进制文件），请另存为 UTF-8 或 GB18030 文本，或 .xlsx',
      'it is no text (UTF-16, or a binary file): save it as UTF-8 or GB18030 text, or as .xlsx',
    );
  const content = contentOf(bytes);
  if (/\bcreate\s+(?:\w+\s+)*table\b/i.test(content)) return readDdl(content);
  if (statement.test(content)) throw withoutColumns();
  if (/^\s*[[{]/.test(content)) return [readObjects(name, objectsIn(content))];
  return csvTables(name, content);
}

function contentOf(bytes: Buffer): string {
  try {
    return decodeChinese(bytes);
  } catch {
    throw unfit('既不是 UTF-8 也不是 GB18030 文本', 'it is neither UTF-8 nor GB18030 text');
  }
}

/** Another statement of SQL than CREATE TABLE, or a sheet of a workbook saved as a page. */
const statement =
  /^(?:\s|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:select|insert|update|delete|with|drop|alter|grant|begin|use|set|create)\s|^\s*<(?:!doctype|html|\?xml)/i;

function objectsIn(content: string): Readonly<Record<string, unknown>>[] {
  try {
    const values: unknown[] = content.trimStart().startsWith('[')
      ? [readJson(content)].flat()
      : content
          .split('\n')
          .filter((line) => line.trim() !== '')
          .slice(0, maxRecords)
          .map((line) => readJson(line));
    return values.filter(isSchemaObject);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new Problem('sample_unfit', { reason: error.text });
  }
}
