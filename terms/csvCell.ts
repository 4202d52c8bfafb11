/**
 * A cell of a CSV file (RFC 4180). A text that a spreadsheet would read as a formula is unchanged, because a hub reads the file and
 * stores it byte for byte.
 */
export const csvCell = (cell: string, separator: string): string =>
  cell.includes(separator) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
