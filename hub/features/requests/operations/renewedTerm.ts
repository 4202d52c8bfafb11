import type { Agreement } from '../../../../policies/documents/agreement.ts';
import { latestEnd } from '../../../../policies/documents/checkTerm.ts';
import { dayInChina, startOfDayInChina } from '../../../../terms/civilDate.ts';
import { inChina } from './templates/templateAgreement.ts';

const dayLength = 86_400_000;

/**
 * Another term of the same length, in whole days, no longer than a term may be. It begins today, not behind the end of the last one: the
 * version that is approved takes the place of the one in force at once, and nothing would leave until its own term begins.
 * @param now Unix milliseconds
 */
export function renewedTerm(
  { valid, basis }: Pick<Agreement, 'valid' | 'basis'>,
  now: number,
): Agreement['valid'] {
  const today = startOfDayInChina(dayInChina(now));
  const days = Math.ceil((Date.parse(valid.until) - Date.parse(valid.from)) / dayLength);
  return {
    from: inChina(today),
    until: inChina(Math.min(today + days * dayLength, latestEnd(basis, today))),
  };
}
