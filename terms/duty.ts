/** What a duty contains where the log does not show all of it any more. */
import type { Bilingual } from './bilingual.ts';

/**
 * Replaces the agreement where the entry of an answer was altered and does not show under which agreement the data was released. No
 * agreement has this name. The duty remains, for a purpose of the consent that was withdrawn.
 */
export const agreementUnread = '-';

export const agreementUnreadWords = {
  zh: '协议不明',
  en: 'agreement unknown',
} as const satisfies Bilingual;
