/** A Visual FoxPro table as bytes: header, fields, records, in the code page of Simplified Chinese. */
import { encodeGb18030 } from '../../../../terms/gb18030.ts';

export interface DbfColumn {
  /** at most ten bytes */
  readonly name: string;
  /** text, number, date (yyyyMMdd), logical (T or F) */
  readonly type: 'C' | 'N' | 'D' | 'L';
  readonly length: number;
  readonly decimals?: number;
}

export interface DbfRow {
  readonly cells: readonly string[];
  /** marked as deleted, but still in the file until the table is packed */
  readonly deleted?: boolean;
}

const headerLength = (columns: readonly DbfColumn[]): number => 32 + 32 * columns.length + 1 + 263;

/** @param day of the last change. A text too long for its column is cut at the column's last byte, as FoxPro does. */
export function dbfBytes(
  columns: readonly DbfColumn[],
  rows: readonly DbfRow[],
  day: { readonly year: number; readonly month: number; readonly day: number },
): Uint8Array {
  const recordLength = columns.reduce((sum, { length }) => sum + length, 1);
  const header = Buffer.alloc(headerLength(columns));
  header.set([0x30, day.year - 2000, day.month, day.day]);
  header.writeUInt32LE(rows.length, 4);
  header.writeUInt16LE(header.length, 8);
  header.writeUInt16LE(recordLength, 10);
  header[29] = 0x7a; // code page 936
  let offset = 1;
  for (const [i, { name, type, length, decimals = 0 }] of columns.entries()) {
    const at = 32 + 32 * i;
    header.write(name, at, 'latin1');
    header.write(type, at + 11, 'latin1');
    header.writeUInt32LE(offset, at + 12);
    header.set([length, decimals], at + 16);
    offset += length;
  }
  header[32 + 32 * columns.length] = 0x0d;
  const records = rows.map((row) => recordBytes(columns, row, recordLength));
  return Buffer.concat([header, ...records, Buffer.of(0x1a)]);
}

function recordBytes(columns: readonly DbfColumn[], { cells, deleted }: DbfRow, length: number): Uint8Array {
  const record = Buffer.alloc(length, ' ');
  if (deleted === true) record.write('*', 0);
  let at = 1;
  for (const [i, column] of columns.entries()) {
    const bytes = encodeGb18030(cells[i] ?? '').subarray(0, column.length);
    record.set(bytes, column.type === 'N' ? at + column.length - bytes.length : at);
    at += column.length;
  }
  return record;
}
