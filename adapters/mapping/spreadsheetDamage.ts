import type { Cell } from '../reading/reader.ts';

/**
 * What a spreadsheet does to long numbers: 110101199001011234 becomes 1.10101E+17 when saved as text, or keeps 15 digits and ends in
 * zeros. Asked only of cells that a check or the schema has refused already.
 */
export function spreadsheetDamage(cell: Cell): 'spreadsheet.exponent' | 'spreadsheet.zeroed' | undefined {
  const text = typeof cell === 'number' ? String(cell) : typeof cell === 'string' ? cell.trim() : '';
  if (/^\d(\.\d+)?[eE]\+1[4-9]$/.test(text)) return 'spreadsheet.exponent';
  return /^\d{15}0{1,4}$/.test(text) ? 'spreadsheet.zeroed' : undefined;
}
