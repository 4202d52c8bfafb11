import { civilDateInChina, digitsAt, isRealDate, type CivilDate } from '../../terms/civilDate.ts';

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const checkCharacters = '10X98765432';
const largeX = 88;

/**
 * First two digits: provinces of GB/T 2260, 81–83 (residence permits of Hong Kong, Macao and Taiwan residents), 99 (synthetic data).
 * The foreign permanent resident's number puts a 9 before the province of issue.
 */
const provinces: ReadonlySet<number> = new Set(
  (
    '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 ' +
    '81 82 83 99'
  )
    .split(' ')
    .map(Number),
);

/**
 * Citizen identity number, GB 11643-1999: 17 digits and a check character (ISO 7064 MOD 11-2, upper-case X). The six-digit region is
 * checked by province only; whether the county existed is a matter of `x-code` with the year.
 * @param today a birth date after it is refused; by default the date in China
 */
export function cnResidentId(
  text: string,
  today?: CivilDate,
): 'length' | 'characters' | 'region' | 'date' | 'checksum' | undefined {
  if (text.length !== 18) return 'length';
  const sum = weightedSum(text);
  if (sum === undefined) return 'characters';
  const last = text.charCodeAt(17);
  if (last !== largeX && (last < 48 || last > 57)) return 'characters';
  if (!provinces.has(digitsAt(text, 0, 2)) && !(text.startsWith('9') && provinces.has(digitsAt(text, 1, 3))))
    return 'region';
  if (!isPastDate(text, today)) return 'date';
  return last === checkCharacters.charCodeAt(sum % 11) ? undefined : 'checksum';
}

/** a year that has begun: what was born before it needs no look at the clock */
let begunYear = 0;

function isPastDate(text: string, given: CivilDate | undefined): boolean {
  const year = digitsAt(text, 6, 10);
  const month = digitsAt(text, 10, 12);
  const day = digitsAt(text, 12, 14);
  if (year < 1800 || !isRealDate(year, month, day)) return false;
  if (given === undefined && year < begunYear) return true;
  const today = given ?? civilDateInChina(Date.now());
  if (given === undefined) begunYear = today.year;
  if (year !== today.year) return year < today.year;
  return month < today.month || (month === today.month && day <= today.day);
}

/** The check character that the first 17 digits ask for (GB 11643-1999 §A.1). */
export const checkCharacterOf = (digits: string): string =>
  checkCharacters.charAt((weightedSum(digits) ?? NaN) % 11);

/** Undefined where one of the first 17 characters is no digit. */
function weightedSum(text: string): number | undefined {
  let sum = 0;
  for (let i = 0; i < 17; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    sum += digit * (weights[i] ?? 0);
  }
  return sum;
}
