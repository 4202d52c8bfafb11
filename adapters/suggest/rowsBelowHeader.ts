/** Rows between a header and its data: numbers of the columns, and units. */

const units =
  /^[（(]?(?:单位[:：].{1,20}|[百千万亿]?元|人|户|次|个|家|件|辆|台|套|项|年|月|天|小时|分钟|公里|千米|米|平方米|平方公里|㎡|亩|公顷|吨|千克|公斤|kg|%|％|‰|岁|人次|处|宗|起|场|册|卷|份|批|栋|幢|座|条|块|km|m²?|t)[）)]?$/i;

/** Whether a row contains only column numbers (1, 2, 3 …; (1), (2) …) or only units. */
export function isBelowHeader(cells: readonly string[]): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  if (filled.length === 0) return false;
  return numbersColumns(filled) || filled.every((cell) => units.test(cell));
}

function numbersColumns(filled: readonly string[]): boolean {
  const numbers = filled.map((cell) => Number(/^[（(]?(\d{1,3})[）)]?$/.exec(cell)?.[1] ?? Number.NaN));
  const [first = Number.NaN] = numbers;
  return numbers.length > 2 && first <= 1 && numbers.every((number, i) => number === first + i);
}
