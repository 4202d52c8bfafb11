/** Rows at the end of a table of an office that are no records: totals, and lines such as 制表人：…. */

const total = /^(?:合计|总计|小计|累计|总数|共计)(?:[(（][^)）]*[)）])?$/;
/** A total with what it counts: 合计：40人, 共计40户. The label may have white space: 合 计：. */
const totalWith = /^((?:合\s*计|总\s*计|小\s*计|累\s*计|总\s*数|共\s*计)\s*)(?:([:：])|\d)/u;
/** A number of a row, before the label of a total. */
const rowNumber = /^\d{1,7}$/;
/** Number of first columns that are searched for the label of a total. */
const maxLabelColumns = 4;
const signature =
  /^((?:制表|填表|填报|审核|复核|负责|经办|报送|统计|联系|单位负责|分管领导|说明|备注|注)[^:：\s]{0,6}\s*[:：])/;

export interface Footer {
  /** column of the text, from 0 */
  readonly column: number;
  /** the whole text (`isWhole`), else its possible beginnings: the rest may be a number or the name of a person */
  readonly words: readonly string[];
  readonly isWhole: boolean;
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
  const found = totalOf(cells);
  if (found !== undefined) return found;
  const [, label] = signature.exec(text) ?? [];
  const filled = cells.filter((cell) => cell !== '').length;
  return label === undefined || filled * 2 > cells.length
    ? undefined
    : { column, words: [label], isWhole: false };
}

/** The label of a total is the first text of its row, after the number of the row at most; then a cell of the row is empty. */
function totalOf(cells: readonly string[]): Footer | undefined {
  const column = cells.findIndex((cell) => cell !== '' && !rowNumber.test(cell));
  const text = cells[column];
  if (text === undefined || column >= maxLabelColumns) return undefined;
  const isNumbered = cells.slice(0, column).some((cell) => cell !== '');
  if (isNumbered && !cells.includes('')) return undefined;
  if (total.test(text.replaceAll(/\s/gu, ''))) return { column, words: [text], isWhole: true };
  const [, label, colon] = totalWith.exec(text) ?? [];
  if (label === undefined) return undefined;
  // without a colon a digit has to follow, so that a street 合计路 is not skipped
  const words = colon === undefined ? Array.from('0123456789', (digit) => label + digit) : [label + colon];
  return { column, words, isWhole: false };
}
