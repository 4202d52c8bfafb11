/** Reads short comma-separated lists that people write, such as code tables. The files of departments are read by `adapters/csv`. */
export interface CsvRow {
  /** physical line on which the row begins, from 1 */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Text of bytes: UTF-8 when it is valid UTF-8 (a byte order mark is removed), otherwise GB18030. */
export function decodeChinese(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030', { fatal: true }).decode(bytes);
  }
}

/** Rows of RFC 4180 text; the separator is the most frequent of `, ; tab |` in the first line. Empty lines are omitted. */
export function csvRows(text: string): CsvRow[] {
  const separator = separatorOf(text.slice(0, text.search(/[\r\n]|$/)));
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let firstLine = 1;
  const endRow = (): void => {
    cells.push(cell);
    if (cells.some((one) => one !== '')) rows.push({ line: firstLine, cells });
    cells = [];
    cell = '';
  };
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '\n') line += 1;
    if (quoted) {
      if (character !== '"') cell += character ?? '';
      else if (text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === separator) {
      cells.push(cell);
      cell = '';
    } else if (character === '\n') {
      endRow();
      firstLine = line;
    } else if (character !== '\r') cell += character ?? '';
  }
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}

function separatorOf(first: string): string {
  const count = (mark: string): number => first.split(mark).length;
  return [',', ';', '\t', '|'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}
