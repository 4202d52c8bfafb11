/** Values that a refused one could have been: named in a sentence where they are few enough to choose from. */
import type { CodeEntry } from './codelists/codeList.ts';

const most = 12;
const longest = 160;

/** What follows a sentence about a value that is none of these, in each language; '' for too many, or for what is no plain value. */
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

/** Codes with what they mean. @param entries undefined for a list that is too long to be asked for */
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
  if (zh.length === 0 || zh.length > most || Math.max(chinese.length, english.length) > longest)
    return unnamed;
  return { zh: `：只能是 ${chinese}`, en: `: one of ${english}` };
}
