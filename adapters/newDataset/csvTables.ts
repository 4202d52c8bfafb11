/** The tables of a CSV file: its cells as `datong batch adapt` reads them, without marks of spreadsheets and characters that cannot be seen. */
import { rowRules, type RowRule } from '../reading/rowRules.ts';
import { withoutMarks } from '../reading/text/spreadsheetMarks.ts';
import { textSign, visibleText } from '../reading/text/textSigns.ts';
import { textDamage } from '../mapping/spreadsheetDamage.ts';
import { headerGuess, withGroupRow } from '../suggest/headerGuess.ts';
import type { Sign } from '../suggest/sign.ts';
import { csvRows } from '../../schemas/csvText.ts';
import type { Table } from '../../schemas/draft/table.ts';
import { headedTables, withSigns } from './headedTables.ts';

/** @param name of the table @param content text of the file; empty result where it has no columns */
export function csvTables(name: string, content: string): Table[] {
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
