/** Detects identity numbers in fields for numbers of cases, officials and agreements, because the log stores values permanently. */
import { cnResidentId, isFormerResidentId } from '../../schemas/formats/cnResidentId.ts';

const numbers = /(?<![0-9])[0-9]{15}(?:[0-9]{2}[0-9Xx])?(?![0-9])/g;

/**
 * Whether a whole number in the text is an identity number, regardless of the letters and signs around it. The one with 18 characters is
 * recognised by its check digit (GB 11643), the old one with 15 digits by place and date. Full-width digits count like others.
 */
export function holdsIdentityNumber(text: string): boolean {
  const found = text.normalize('NFKC').match(numbers) ?? [];
  return found.some((number) =>
    number.length === 15 ? isFormerResidentId(number) : cnResidentId(number.toUpperCase()) === undefined,
  );
}
