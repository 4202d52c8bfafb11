import { isRealDate } from '../../terms/civilDate.ts';

/** Whether a text is `YYYY-MM-DD` and the calendar has that day. By character codes: no regex in hot masks. */
export function isDateText(text: string): boolean {
  if (text.length !== 10 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return false;
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 7);
  const day = digitsAt(text, 8, 10);
  return year > 0 && month > 0 && day > 0 && isRealDate(year, month, day);
}

/** The number that the digits from `start` to `end` write, -1 when one of them is no ASCII digit. */
function digitsAt(text: string, start: number, end: number): number {
  let number = 0;
  for (let i = start; i < end; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
