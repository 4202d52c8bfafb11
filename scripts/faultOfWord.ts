/** Checks that the file and the test named by the table of words exist and mention the word. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testText } from './testText.ts';

/** A test in which a word has an effect. */
export interface ActingTest {
  /** path of the file */
  readonly test: string;
  /** its name, or the beginning of it */
  readonly named: string;
}

/** Tests that only compare a registration with itself: a word without effect passes them. */
const echoes = ['knows every word of what it holds'];

/**
 * The fault of a row of the table; undefined: none.
 * @param word `grants[].limits.rowsPerCall`; the text of a bilingual one is mentioned by the name of its word
 * @param file path of the file that enforces it @param root of the project
 */
export function faultOfWord(
  word: string,
  file: string,
  acting: ActingTest | undefined,
  root: string,
): string | undefined {
  if (!existsSync(join(root, file))) return `${word}: no file ${file}`;
  if (!speaksOf(word, readFileSync(join(root, file), 'utf8'))) return `${file} does not speak of ${word}`;
  if (acting === undefined) return undefined;
  const { test, named } = acting;
  const text = existsSync(join(root, test)) ? readFileSync(join(root, test), 'utf8') : '';
  if (!text.includes(named)) return `${word}: ${test} has no «${named}»`;
  if (echoes.some((one) => named.startsWith(one))) return `${word}: «${named}» shows no effect`;
  // YAML cases are named by their subject, not by the registry's word
  if (!test.endsWith('.ts')) return undefined;
  const body = testText(join(root, test), text, named);
  if (body === undefined) return `${word}: ${test} has no test «${named}», or several`;
  return writes(word, body) ? undefined : `${test}: «${named}» does not write ${word}`;
}

/** Somewhere in it, in whatever case: `toLookUp` speaks of `lookUp`. */
function speaksOf(word: string, text: string): boolean {
  return namesOf(word).some((one) => text.toLowerCase().includes(one.toLowerCase()));
}

/**
 * Whether the word occurs as a member that is written or read, or between quotes. For a short word, words that contain it (`to` in `total`,
 * `id` in `valid`) and words of the language (`to`, `of`) do not count.
 */
function writes(word: string, text: string): boolean {
  return namesOf(word).some((one) => {
    const name = one.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
    return new RegExp(`\\.${name}\\b|(?<![\\w-])${name}(?:['"\`]|\\??:|\\s*[,})])`).test(text);
  });
}

/** The names of a word in documents, and in code. */
function namesOf(word: string): readonly [string, string] {
  const [path = '', choice] = word.split('=');
  const steps = path
    .replaceAll('[]', '')
    .split('.')
    .filter((part) => part !== '*' && part !== 'zh' && part !== 'en');
  const name = choice ?? steps.at(-1) ?? '';
  return [name, name.replace(/^x-/, '').replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
}
