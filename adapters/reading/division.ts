/** How a file can be cut into stretches that are read on their own, so that several threads can work on it. */
export interface Division {
  /** the longest stretch without a line end, in bytes */
  readonly maxRecordBytes: number;
  /** a byte that stands an even number of times where no record is cut in two; undefined where each line end is one of a record */
  readonly pairs: number | undefined;
  /** lines that the first stretch must hold, so that it tells the columns */
  readonly head: number;
  /** Options for reading every stretch but the first. @param columns of the first @param start its bytes */
  readonly later: (columns: readonly string[], start: Uint8Array) => unknown;
}
