import type { Bilingual } from '../../../terms/bilingual.ts';

/** «the first 6 digits (division), the length»: the parts present, in both languages; a head or tail of 0 is omitted. */
export function revealedParts(...parts: readonly (Bilingual | false)[]): Bilingual {
  const there = parts.filter((part) => part !== false);
  return { zh: there.map(({ zh }) => zh).join('、'), en: there.map(({ en }) => en).join(', ') };
}

export const theLength: Bilingual = { zh: '长度', en: 'the length' };

/** `1 digit`, `6 digits`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
