/** Chinese text as people type it on a Latin keyboard: syllables without tones. */
import { firstReadings, otherReadings } from './pinyinReadings.ts';

/** Readings of each character, the usual one first. */
const readings: ReadonlyMap<string, readonly string[]> = readingsOf();

function readingsOf(): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const table of [firstReadings, otherReadings])
    for (const [syllable, characters] of Object.entries(table))
      for (const character of characters) found.set(character, [...(found.get(character) ?? []), syllable]);
  return found;
}

/** Maximum of spellings. A text with more characters of several readings gets only the usual ones. */
const maxVariants = 8;

/**
 * A run of Chinese characters in syllables, and in their first letters: `hujirenkou` and `hjrk`. A character of several readings gives
 * one spelling for each, where they are few.
 * @returns an empty list for a run with a character that the table lacks
 */
export function pinyinOf(run: string): readonly string[] {
  let spellings: readonly (readonly string[])[] = [[]];
  for (const character of run) {
    const known = readings.get(character);
    if (known === undefined) return [];
    const taken = spellings.length * known.length > maxVariants ? known.slice(0, 1) : known;
    spellings = spellings.flatMap((before) => taken.map((syllable) => [...before, syllable]));
  }
  const initials = spellings.map((syllables) => syllables.map(([letter = '']) => letter).join(''));
  return [...new Set([...spellings.map((syllables) => syllables.join('')), ...initials])];
}

/**
 * A run of Chinese characters in its usual syllables, such as `haixian`; its first letters where that is long. Characters that the table
 * lacks are omitted.
 */
export function spelledOf(run: string): string {
  const syllables = Array.from(run, (character) => readings.get(character)?.[0] ?? '');
  const whole = syllables.join('');
  return whole.length <= maxSpelled ? whole : syllables.map(([letter = '']) => letter).join('');
}

/** Longer spellings are hard to read in a list of fields. */
const maxSpelled = 24;
