import type { Cell, RawRecord, Records } from '../reader.ts';

/** Records of a table whose cells are places in one text. */
export interface CutRecords extends Records<readonly Cell[]> {
  readonly text: string;
  /** where a cell begins and ends in it; both numbers count from 0 */
  readonly start: (row: number, column: number) => number;
  readonly end: (row: number, column: number) => number;
  /** What a cell of the column holds, from what stands there: the same for the same text. */
  readonly finish: (column: number, raw: string) => Cell;
}

const isCut = (records: object): records is CutRecords => 'finish' in records;

/** Stands on one record of a batch. */
export class RecordCursor {
  /** the records, where their cells need not be cut out one by one */
  cut: CutRecords | undefined;
  row = 0;
  private records: Records<RawRecord> = [];
  private whole: RawRecord | undefined;

  open(records: Records<RawRecord>): void {
    this.records = records;
    this.cut = isCut(records) ? records : undefined;
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
