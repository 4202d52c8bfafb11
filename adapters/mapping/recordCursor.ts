import type { RawRecord, Records } from '../reading/reader.ts';
import { RowsInText } from '../reading/text/rowsInText.ts';

/** Cursor at one record of a batch. */
export class RecordCursor {
  /** the records, where their cells need not be extracted one by one */
  cut: RowsInText | undefined;
  row = 0;
  private records: Records<RawRecord> = [];
  private whole: RawRecord | undefined;

  open(records: Records<RawRecord>): void {
    this.records = records;
    this.cut = records instanceof RowsInText ? records : undefined;
  }

  /** @param row from 0, one that exists */
  move(row: number): void {
    this.row = row;
    this.whole = undefined;
  }

  record(): RawRecord {
    this.whole ??= this.records.at(this.row) as RawRecord;
    return this.whole;
  }
}
