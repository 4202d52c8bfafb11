/** The tables of a workbook, one a sheet: column lists or samples, read as `datong batch adapt` reads them. */
import { sheetRows, withMergedRows } from '../suggest/sheetGuesses.ts';
import { headerGuess, type LookedRow } from '../suggest/headerGuess.ts';
import type { Sign } from '../suggest/sign.ts';
import type { MergedRange } from '../xlsx/mergedCells.ts';
import { openSheet } from '../xlsx/openSheet.ts';
import type { Table } from '../../schemas/draft/table.ts';
import { headedTables, withSigns } from './headedTables.ts';

const usualInflatedBytes = 256 * 1024 * 1024;
/** Rows of a sheet: a list of columns is no longer, and a sample need not be. */
const maxRows = 5_000;

/**
 * Merged cells have the value of the first of them; a header of several rows is joined by them.
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
