/** Where a page ended: the sort values of its last row, then its `_row`. */
export interface Position {
  readonly values: readonly unknown[];
  readonly row: number;
}

export interface FetchedRow {
  readonly record: Record<string, unknown>;
  /** keyed hash of the row's subject */
  readonly subject: Uint8Array | undefined;
  readonly position: Position;
}
