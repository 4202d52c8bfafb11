/** One page of a list that is ordered by what names its rows: those after a name, at most so many. */
export interface Page {
  /** name of the last row of the page before; undefined for the first page */
  readonly after: string | undefined;
  readonly most: number;
}
