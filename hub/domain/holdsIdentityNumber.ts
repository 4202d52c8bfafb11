/** Finds identity numbers of persons in texts such as case numbers and reasons, which the log stores permanently. */
import { cnResidentId, isFormerResidentId } from '../../schemas/formats/cnResidentId.ts';

/** Whole runs of 15 or 18 characters; a longer run of digits is no identity number. */
const candidates = /(?<![0-9])[0-9]{15}(?:[0-9]{2}[0-9Xx])?(?![0-9])/g;

/**
 * Whether a text contains the identity number of a person. A number of 18 characters is recognised by its check digit (GB 11643), a
 * former number of 15 digits by its place and date. Letters and signs around the number, and full-width digits, make no difference.
 */
export function holdsIdentityNumber(text: string): boolean {
  const found = text.normalize('NFKC').match(candidates) ?? [];
  return found.some((number) =>
    number.length === 15 ? isFormerResidentId(number) : cnResidentId(number.toUpperCase()) === undefined,
  );
}
