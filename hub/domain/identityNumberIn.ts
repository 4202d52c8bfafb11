/** Identity numbers where only the numbers of cases, officials and agreements belong: what the log keeps, it keeps for ever. */
import { cnResidentId, isFormerResidentId } from '../../schemas/formats/cnResidentId.ts';

const numbers = /(?<![0-9])[0-9]{15}(?:[0-9]{2}[0-9Xx])?(?![0-9])/g;

/**
 * Whether a whole number of the text, whatever letters and signs stand around it, is an identity number: of 18 signs by its check digit
 * (GB 11643), of the 15 digits of old by place and date. Full-width digits count like others.
 */
export function holdsIdentityNumber(text: string): boolean {
  const found = text.normalize('NFKC').match(numbers) ?? [];
  return found.some((number) =>
    number.length === 15 ? isFormerResidentId(number) : cnResidentId(number.toUpperCase()) === undefined,
  );
}
