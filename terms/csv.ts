/** CSV as Excel opens it (RFC 4180): a byte order mark, CRLF, and no text that it would take for a formula. */
export const byteOrderMark = '\ufeff';

/** One line with its end. */
export const csvLine = (values: readonly unknown[]): string => `${values.map(cell).join(',')}\r\n`;

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return quoted(JSON.stringify(value));
  return quoted(noFormula(value));
}

/** Marks that a spreadsheet passes over, then what it takes for the beginning of a formula; of full width too, as it reads them alike. */
const formula = /^[\ufeff\u0000]*[=+\-@\t\r\n＝＋－＠]/;

/** A text that a spreadsheet would take for a formula begins with an apostrophe; a negative number stays one. */
export const noFormula = (text: string): string =>
  formula.test(text) && !/^-\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text;

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
