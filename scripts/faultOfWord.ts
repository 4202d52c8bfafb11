/** Whether the file and the test that the table of words names are there and speak of the word. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testText } from './testText.ts';

/** A test in which a word acts. */
export interface ActingTest {
  /** path of the file */
  readonly test: string;
  /** its name, or the beginning of it */
  readonly named: string;
}

/** Tests that only hold what was registered against itself: a word that does nothing passes them. */
const echoes = ['knows every word of what it holds'];

/**
 * What is wrong with a row of the table; undefined: nothing.
 * @param word `grants[].limits.rowsPerCall`; the text of a bilingual one is spoken of by the name of its word
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
 * As a member that is written or read, or between quotes: where a test is about a short word, other words that hold it (`to` in `total`, `id` in `valid`) and the
 * language's own (`to`, `of`) are no sign of it.
 */
function writes(word: string, text: string): boolean {
  return namesOf(word).some((one) => {
    const name = one.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
    return new RegExp(`\\.${name}\\b|(?<![\\w-])${name}(?:['"\`]|\\??:|\\s*[,})])`).test(text);
  });
}

/** What a word is called in documents, and in code. */
function namesOf(word: string): readonly [string, string] {
  const [path = '', choice] = word.split('=');
  const steps = path
    .replaceAll('[]', '')
    .split('.')
    .filter((part) => part !== '*' && part !== 'zh' && part !== 'en');
  const name = choice ?? steps.at(-1) ?? '';
  return [name, name.replace(/^x-/, '').replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
}
