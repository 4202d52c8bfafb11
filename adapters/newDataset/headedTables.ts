/**
 * Rows of a sheet or a CSV file as tables for drafts: header lines are joined, and lines that number columns or name units are left out.
 */
import { headerNames } from '../reading/text/header.ts';
import type { LookedRow } from '../suggest/headerGuess.ts';
import { isBelowHeader } from '../suggest/rowsBelowHeader.ts';
import { signText, type Signs } from '../suggest/sign.ts';
import { readRows } from '../../schemas/draft/readRows.ts';
import type { Table } from '../../schemas/draft/table.ts';
import type { Bilingual } from '../../terms/bilingual.ts';

/** @param header lines of the header of a sample; for lists of columns it is detected */
export function headedTables(name: string, rows: readonly LookedRow[], header: readonly number[]): Table[] {
  const tables = readRows(
    name,
    rows.map(({ cells }) => cells),
  );
  if (tables[0]?.source !== 'sample') return tables;
  const end = Math.max(0, ...header);
  const below = rows.filter(({ line }) => line > end);
  const first = below.findIndex(({ cells }) => !isBelowHeader(cells));
  if (header.length < 2 && first < 1) return tables;
  const names = headerNames(header.map((line) => rows.find((row) => row.line === line)?.cells ?? []));
  const sample = readRows(name, [names, ...below.slice(Math.max(0, first)).map(({ cells }) => cells)]);
  const lines = header.join(', ');
  const joined: Bilingual = { zh: `表头为第 ${lines} 行`, en: `the header is in lines ${lines}` };
  return sample.map((table) => withDoubts(table, [joined]));
}

/** A table with its reader's doubts. */
export const withSigns = (table: Table, signs: Signs): Table =>
  withDoubts(table, [...signs.values()].map(signText));

const withDoubts = (table: Table, doubts: readonly Bilingual[]): Table =>
  doubts.length === 0 ? table : { ...table, doubts: [...(table.doubts ?? []), ...doubts] };
