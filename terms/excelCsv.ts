/** CSV as Excel opens it (RFC 4180): a byte order mark, CRLF, and no text that it would take for a formula. */
export const byteOrderMark = '\ufeff';

/** One line with its end. */
export const csvLine = (values: readonly unknown[]): string => `${values.map(cell).join(',')}\r\n`;

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return quoted(JSON.stringify(value));
  const formula = /^[=+\-@\t\r]/.test(value) && !/^-\d+(?:\.\d+)?$/.test(value);
  return quoted(formula ? `'${value}` : value);
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
