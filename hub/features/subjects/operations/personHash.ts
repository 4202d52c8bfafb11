import type { KeyObject } from 'node:crypto';
import { invalidAssertion } from '../../../../policies/consents/assertion.ts';
import { lastingFormats } from '../../../../schemas/formats/index.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';

/**
 * The keyed hash of a person. An identifier in another form than the rows' own would find nothing, and tell that nobody looked.
 * @throws Problem assertion_invalid
 */
export function personHash(key: KeyObject, value: string): Buffer {
  const looksLikeNumber = /^\d{17}[\dx]$/iu.test(value);
  const isOff = looksLikeNumber && lastingFormats['cn-resident-id']?.(value) !== undefined;
  if (isOff || /[\s\p{Cf}]/u.test(value)) {
    throw invalidAssertion({
      zh: '标识的形式不正确（如小写 x、空格、校验码）',
      en: 'the identifier does not have its form: a small x, a blank, a wrong check digit',
    });
  }
  return Buffer.from(subjectHash(key, 'person', value), 'hex');
}
