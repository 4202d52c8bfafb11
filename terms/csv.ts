/** CSV for Excel (RFC 4180): a byte order mark, CRLF, and no text that it would read as a formula. */
export const byteOrderMark = '\ufeff';

/** One line with its end. */
export const csvLine = (values: readonly unknown[]): string => `${values.map(cell).join(',')}\r\n`;

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return quoted(JSON.stringify(value));
  return quoted(noFormula(value));
}

/** Marks that a spreadsheet skips, then the characters that begin a formula; full-width ones too, because it reads them alike. */
const formula = /^[\ufeff\u0000]*[=+\-@\t\r\n＝＋－＠]/;

/** Prefixes a text that a spreadsheet would read as a formula with an apostrophe; a negative number is unchanged. */
export const noFormula = (text: string): string =>
  formula.test(text) && !/^-\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text;

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
