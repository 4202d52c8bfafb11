import { digitsAt, isRealDate, type CivilDate } from '../../terms/civilDate.ts';

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
 * @param latest a birth date after it is refused; without it every date of the calendar passes
 */
export function cnResidentId(text: string, latest?: CivilDate): ResidentIdFault | undefined {
  return residentIdFault(
    text,
    (year, month, day) => latest === undefined || !isAfter(year, month, day, latest),
  );
}

const fifteenDigits = /^[0-9]{15}$/;

/**
 * An identity number from before 1999: 15 digits, the year of birth as its last two digits (1900s), no check digit. Only its region and
 * date can be checked.
 */
export function isFormerResidentId(text: string): boolean {
  return (
    fifteenDigits.test(text) &&
    provinces.has(digitsAt(text, 0, 2)) &&
    isRealDate(1900 + digitsAt(text, 6, 8), digitsAt(text, 8, 10), digitsAt(text, 10, 12))
  );
}

/** The part that fails. */
export type ResidentIdFault = 'length' | 'characters' | 'region' | 'date' | 'checksum';

/**
 * The format as of today. `today` is called only for births in the current year or later: a year that has begun is cached, and earlier
 * births need no comparison with the date.
 */
export function residentIdFormat(today: () => CivilDate): (text: string) => ResidentIdFault | undefined {
  let begunYear = 0;
  const isPast = (year: number, month: number, day: number): boolean => {
    if (year < begunYear) return true;
    const now = today();
    begunYear = now.year;
    return !isAfter(year, month, day, now);
  };
  return (text) => residentIdFault(text, isPast);
}

function residentIdFault(
  text: string,
  isPast: (year: number, month: number, day: number) => boolean,
): ResidentIdFault | undefined {
  if (text.length !== 18) return 'length';
  const sum = weightedSum(text);
  if (sum === undefined) return 'characters';
  const last = text.charCodeAt(17);
  if (last !== largeX && (last < 48 || last > 57)) return 'characters';
  if (!provinces.has(digitsAt(text, 0, 2)) && !(text.startsWith('9') && provinces.has(digitsAt(text, 1, 3))))
    return 'region';
  const year = digitsAt(text, 6, 10);
  const month = digitsAt(text, 10, 12);
  const day = digitsAt(text, 12, 14);
  if (year < 1800 || !isRealDate(year, month, day) || !isPast(year, month, day)) return 'date';
  return last === checkCharacters.charCodeAt(sum % 11) ? undefined : 'checksum';
}

function isAfter(year: number, month: number, day: number, date: CivilDate): boolean {
  if (year !== date.year) return year > date.year;
  return month > date.month || (month === date.month && day > date.day);
}

/** The check character that the first 17 digits require (GB 11643-1999 §A.1). */
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
