/** Control totals (对账文件): what a sender says its file holds. */
export type ControlTotals = {
  /** rows of the file, those that fail among them; not those that the mapping leaves out */
  readonly rows?: number | undefined;
  /** decimal texts, by field or by the column that the mapping makes it from */
  readonly sums?: Readonly<Record<string, string>> | undefined;
  /** hex, of the whole file */
  readonly sha256?: string | undefined;
};
