import type { RowsInText } from '../reading/text/rowsInText.ts';

const slots = 512;
/** Number of new cells after which a column with fewer repetitions is no longer cached. */
const trial = 4096;

/**
 * Caches the results of the cells of one column, by their positions in the text of the current block, so that neither a key nor a value
 * outlives it. Files of departments contain many repetitions: sexes, regions, months, the address of the next person of a household.
 */
export class CellMemo {
  /** result of the cell that was found last */
  value: unknown;
  /** records that the cached positions refer to */
  private records: RowsInText | undefined;
  private readonly starts = new Int32Array(slots);
  private readonly ends = new Int32Array(slots);
  private readonly values: unknown[] = Array.from({ length: slots }, () => undefined);
  private slot = 0;
  private found = 0;
  private missed = 0;
  private given = false;

  /** Whether an equal cell of these records is cached: `value` is then its result. */
  find(records: RowsInText, start: number, end: number): boolean {
    if (this.given) return false;
    if (records !== this.records) this.open(records);
    const { text } = records;
    const length = end - start;
    const slot = length <= 0 ? 0 : slotOf(text, start, end);
    this.slot = slot;
    const known = this.starts[slot] ?? 0;
    if ((this.ends[slot] ?? 0) - known !== length) return false;
    for (let i = 0; i < length; i += 1) {
      if (text.charCodeAt(known + i) !== text.charCodeAt(start + i)) return false;
    }
    this.found += 1;
    this.value = this.values[slot];
    return true;
  }

  /** Stores the result of a cell that `find` did not find. */
  keep(start: number, end: number, value: unknown): void {
    if (this.given) return;
    this.starts[this.slot] = start;
    this.ends[this.slot] = end;
    this.values[this.slot] = value;
    this.missed += 1;
    if (this.missed < trial) return;
    this.given = this.found < this.missed;
    if (this.given) this.values.fill(undefined);
    this.found = 0;
    this.missed = 0;
  }

  private open(records: RowsInText): void {
    this.records = records;
    this.starts.fill(1); // to 0: a length that no cell has
    this.ends.fill(0);
    this.values.fill(undefined); // a slice of a text holds the whole text in memory
  }
}

/** Hash of a few characters: equal cells must be compared anyway. */
function slotOf(text: string, start: number, end: number): number {
  const middle = text.charCodeAt((start + end) >> 1);
  const hash = (text.charCodeAt(start) * 31 + middle) * 31 + text.charCodeAt(end - 1) * 7 + end - start;
  return hash & (slots - 1);
}
