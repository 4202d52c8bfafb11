/** One line of a chart, or its bars. */
export interface Series {
  readonly name: string;
  /** one for each place of the axis; undefined: no value there */
  readonly values: readonly (number | undefined)[];
}
