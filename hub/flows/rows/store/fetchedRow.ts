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
  /** of a version in the history of a row */
  readonly change?: VersionFacts;
}

/** Who changed a row, when, and by which transition. */
export interface VersionFacts {
  readonly version: number;
  readonly department: string;
  readonly at: string;
  /** of a reader that is granted the state */
  readonly transition?: string;
  /** whether the version meets the caller's conditions */
  readonly asked: boolean;
}
