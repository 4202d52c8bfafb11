/** Valid alternatives to a rejected value: named in a sentence where they are few enough to choose from. */
import type { CodeEntry } from './codelists/codeList.ts';

const maxValues = 12;
const maxLength = 160;

/** Text appended to a sentence about an unlisted value, in each language; '' for too many alternatives, or for structured values. */
export interface NamedValues {
  readonly zh: string;
  readonly en: string;
}

const unnamed: NamedValues = { zh: '', en: '' };

export function namedValues(values: readonly unknown[]): NamedValues {
  if (values.some((value) => typeof value === 'object' && value !== null)) return unnamed;
  const words = values.map(String);
  return namedWords(words, words);
}

/** Codes with their meanings. @param entries undefined for a list that is too long to name */
export function namedCodes(entries: readonly CodeEntry[] | undefined): NamedValues {
  if (entries === undefined) return unnamed;
  const words = (name: (entry: CodeEntry) => string): string[] =>
    entries.map((entry) => `${entry.code} ${name(entry)}`);
  return namedWords(
    words(({ zh }) => zh),
    words(({ zh, en }) => en ?? zh),
  );
}

function namedWords(zh: readonly string[], en: readonly string[]): NamedValues {
  const [chinese, english] = [zh.join('、'), en.join(', ')];
  if (zh.length === 0 || zh.length > maxValues || Math.max(chinese.length, english.length) > maxLength)
    return unnamed;
  return { zh: `：只能是 ${chinese}`, en: `: one of ${english}` };
}
