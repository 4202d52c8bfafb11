import { writeWorkbook, type Written } from '../../../../adapters/xlsx/writeWorkbook.ts';

export interface WorkbookTask {
  readonly header: readonly string[];
  /** chunks of lines; each line is the JSON object of a row, and no line is divided between chunks */
  readonly lines: readonly Uint8Array[];
}

/** Converts the rows of a file to a workbook. The cells of a row follow the order of the header; a missing value is an empty cell. */
export function workbookOfLines({ header, lines }: WorkbookTask): Promise<Written> {
  const rows: (readonly unknown[])[] = [];
  for (const chunk of lines) {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('utf8');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const record = JSON.parse(line) as Readonly<Record<string, unknown>>;
      rows.push(header.map((name) => record[name]));
    }
  }
  return writeWorkbook(header, rows);
}
