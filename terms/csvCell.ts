/**
 * A cell of a CSV file (RFC 4180). A text that a spreadsheet would take for a formula is left as it is: the file is read by a hub, which
 * keeps it byte for byte.
 */
export const csvCell = (cell: string, separator: string): string =>
  cell.includes(separator) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
