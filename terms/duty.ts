/** What a duty says of itself where the log does not tell all of it any more. */
import type { Bilingual } from './bilingual.ts';

/**
 * Stands in the place of the agreement where the entry of an answer was altered, so that it does not say under which one the data left: no
 * agreement has this name. The duty stands all the same, for a purpose of the consent that was withdrawn.
 */
export const agreementUnread = '-';

export const agreementUnreadWords = {
  zh: '协议不明',
  en: 'agreement unknown',
} as const satisfies Bilingual;
