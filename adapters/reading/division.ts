/** How a file can be divided into ranges that are read independently, so that several threads can work on it. */
export interface Division {
  /** maximum length of a range without a line end, in bytes */
  readonly maxRecordBytes: number;
  /** a byte that occurs an even number of times where no record is cut in two; undefined where each line end ends a record */
  readonly pairs: number | undefined;
  /** bytes of which a blank line consists: no range ends with one, so that a run of blank lines is in one range; undefined where it does not matter */
  readonly blanks?: ReadonlySet<number>;
  /** minimum number of lines in the first range, needed to determine the columns */
  readonly head: number;
  /** Options for reading every range but the first. @param columns of the first @param start its bytes */
  readonly later: (columns: readonly string[], start: Uint8Array) => unknown;
}
