/** The number of records that a document declares, where the options name its place. */
import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem } from './rowRules.ts';

/**
 * @param declared undefined where there is no number at `place`
 * @returns the doubt about the file
 */
export function countDoubt(
  declared: number | undefined,
  found: number,
  place: string,
): RowProblem | undefined {
  if (declared === found) return undefined;
  if (declared === undefined) return recordProblem(0, 'count.missing', 'no number', { place });
  return recordProblem(0, 'count.differs', `${found} records`, { place, declared, found });
}
