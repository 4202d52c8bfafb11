/** Converts days, times and hours of a workbook to ISO text without a zone, since a sheet names none. Precise to the second. */
import type { NumberKind } from './numberFormats.ts';

const dayMs = 86_400_000;
/** 9999-12-31, the last day of a workbook, in days since 1970 */
const lastDay = 2_932_896;

/**
 * @param serial days since the epoch of the workbook
 * @returns undefined where it is invalid: before the epoch, beyond 9999, or the 29 February 1900 that only Excel has
 */
export function serialText(
  serial: number,
  kind: Exclude<NumberKind, 'number'>,
  date1904: boolean,
): string | undefined {
  if (serial < 0) return undefined;
  if (kind === 'elapsed') return elapsed(serial);
  if (kind === 'time' && serial < 1) return elapsed(serial);
  if (!date1904 && (serial < 1 || (serial >= 60 && serial < 61))) return undefined;
  const days = serial - (date1904 ? 24_107 : serial < 60 ? 25_568 : 25_569);
  const ms = Math.round(days * dayMs);
  if (ms >= (lastDay + 1) * dayMs) return undefined;
  const text = new Date(ms).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19);
}

/** `36:00:00` for a day and a half. */
function elapsed(days: number): string | undefined {
  const seconds = Math.floor(Math.round(days * dayMs) / 1000);
  if (!Number.isSafeInteger(seconds)) return undefined;
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
