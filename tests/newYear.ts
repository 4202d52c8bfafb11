/** Terms that are in force in any year in which the tests run. */
import { dayInChina } from '../terms/civilDate.ts';

/** First moment of a year in China, RFC 3339. @param years after the current year */
export const newYear = (years: number): string =>
  `${Number(dayInChina(Date.now()).slice(0, 4)) + years}-01-01T00:00:00+08:00`;

/** The current year and the next. */
export const validTerm = { from: newYear(0), until: newYear(2) };
