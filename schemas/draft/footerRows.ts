/** Rows at the end of a table of an office that are no records: totals, and lines such as 制表人：…. */

const total = /^(?:合计|总计|小计|累计|总数)$/;
const signature =
  /^((?:制表|填表|填报|审核|复核|负责|经办|报送|统计|联系|单位负责|分管领导|说明|备注|注)[^:：\s]{0,6}\s*[:：])/;

export interface Footer {
  /** column of the text, from 0 */
  readonly column: number;
  /** the text of a total; the label of a line, whose rest may name a person */
  readonly text: string;
  readonly isTotal: boolean;
}

/** Rows from the end that are examined. */
const maxFooters = 6;

/**
 * The last rows of a table, as far as they are no records. Fewer than three records are no table with footers.
 * @param count number of rows
 * @param cellsOf cells of a row, from 0
 */
export function footersOf(count: number, cellsOf: (row: number) => readonly string[]): Footer[] {
  const footers: Footer[] = [];
  for (let row = count - 1; row >= 3 && footers.length < maxFooters; row -= 1) {
    const footer = footerOf(cellsOf(row).map((cell) => cell.trim()));
    if (footer === undefined) break;
    footers.unshift(footer);
  }
  return footers;
}

function footerOf(cells: readonly string[]): Footer | undefined {
  const column = cells.findIndex((cell) => cell !== '');
  const text = cells[column];
  if (text === undefined || cells.length < 2) return undefined;
  if (total.test(text.replaceAll(/\s/gu, ''))) return { column, text, isTotal: true };
  const [, label] = signature.exec(text) ?? [];
  const filled = cells.filter((cell) => cell !== '').length;
  return label === undefined || filled * 2 > cells.length
    ? undefined
    : { column, text: label, isTotal: false };
}
