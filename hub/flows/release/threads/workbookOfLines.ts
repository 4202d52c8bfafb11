/** Converts the lines of a file's rows into a workbook. */
import { writeWorkbook, type Written } from '../../../../adapters/xlsx/writeWorkbook.ts';

export interface BookTask {
  readonly header: readonly string[];
  /** one JSON object a line */
  readonly lines: readonly Uint8Array[];
}

export type BookAnswer = Written;

/** The cells of a line follow the order of the header; a missing value is an empty cell. */
export function bookOfLines({ header, lines }: BookTask): Promise<Written> {
  const rows: (readonly unknown[])[] = [];
  for (const bytes of lines)
    for (const line of Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      .toString('utf8')
      .split('\n')) {
      if (line === '') continue;
      const record = JSON.parse(line) as Readonly<Record<string, unknown>>;
      rows.push(header.map((name) => record[name]));
    }
  return writeWorkbook(header, rows);
}
