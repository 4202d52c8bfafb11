import { openWorkbook, refuseOtherFiles } from '../../../adapters/xlsx/workbook.ts';
import { countInflated, zipEntries } from '../../../adapters/xlsx/zipGuard.ts';
import { readRows } from '../../../schemas/draft/readRows.ts';
import type { Table } from '../../../schemas/draft/table.ts';
import { Problem } from '../../../terms/problem.ts';

/**
 * The tables of a workbook, one a sheet: column lists or samples. The archive is measured before it is opened.
 * @param name what the table of a workbook with one sheet is called
 * @throws Problem file_empty, file_limit_exceeded, file_protected, format_refused, xlsx_damaged
 */
export async function workbookTables(name: string, bytes: Buffer): Promise<Table[]> {
  refuseOtherFiles(bytes);
  const limits = { maxInflatedBytes: 256 * 1024 * 1024, maxEntries: 1000, maxRatio: 200 };
  const entries = zipEntries(bytes, limits);
  openWorkbook(entries);
  await countInflated(entries, limits);
  const sheets = await sheetRows(bytes);
  return sheets.flatMap((sheet) => readRows(sheets.length === 1 ? name : sheet.name, sheet.rows));
}

async function sheetRows(bytes: Buffer): Promise<{ readonly name: string; readonly rows: string[][] }[]> {
  const { readXlsx } = await import('hucre/xlsx');
  try {
    const { sheets } = await readXlsx(bytes);
    return sheets.map(({ name, rows }) => ({ name, rows: rows.map((row) => row.map(cellText)) }));
  } catch (cause) {
    throw new Problem('xlsx_damaged', { what: 'unreadable' }, { cause });
  }
}

function cellText(cell: string | number | boolean | Date | null): string {
  if (cell === null) return '';
  return cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell);
}
