/** How much one answer, or one file, may hold. */
export interface ReleaseLimits {
  /** rows of one batch query, whose answer is held in memory whole */
  readonly batchRows: number;
  /** cells of one cube of statistics, totals and all */
  readonly cubeCells: number;
  /** bytes of one file of rows */
  readonly exportBytes: number;
}

export const defaultReleaseLimits: ReleaseLimits = {
  batchRows: 20_000,
  cubeCells: 1_000,
  exportBytes: 2 ** 30,
};
