/**
 * Words that stand in the place of a sentence: each is said in English where it is found and told in the reader's language where it is
 * shown. A word without its Chinese does not compile.
 */
import type { Bilingual } from './bilingual.ts';
import { fileWords } from './factWords/fileWords.ts';
import { houseWords } from './factWords/houseWords.ts';
import { actWords, kindWords, roleWords, stateWords } from './factWords/lifeWords.ts';
import { labelWords } from './factWords/labelWords.ts';
import { logWords } from './factWords/logWords.ts';

export type KindWord = keyof typeof kindWords;
export type StateWord = keyof typeof stateWords;
export type ActWord = keyof typeof actWords;
export type RoleWord = keyof typeof roleWords;
export type FaultWord = keyof typeof fileWords | keyof typeof houseWords | keyof typeof logWords;

/** A kind before a name: `Schema urn:datong:food-permit:1.0`. */
export type NamedThing = `${KindWord} ${string}`;

const faults: Readonly<Record<string, string>> = { ...fileWords, ...houseWords, ...logWords };
const tables = {
  what: { ...faults, ...kindWords },
  reason: faults,
  kind: kindWords,
  state: stateWords,
  act: actWords,
  role: roleWords,
  label: labelWords,
} satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The names of facts that are talk. */
export type ToldName = keyof typeof tables;

const ownWord = (table: Readonly<Record<string, string>>, word: string): string | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** The word `english` of a fact in both languages; a name after its kind stays as it is. */
export function inBothLanguages(name: ToldName, english: string): Bilingual {
  const whole = ownWord(tables[name], english);
  if (whole !== undefined) return { zh: whole, en: english };
  const end = english.indexOf(' ');
  const kind = name === 'what' && end > 0 ? ownWord(kindWords, english.slice(0, end)) : undefined;
  return { zh: kind === undefined ? english : `${kind} ${english.slice(end + 1)}`, en: english };
}

export const isToldName = (name: string): name is ToldName => Object.hasOwn(tables, name);

/** Several roles or sides, one after the other. */
export const rolesTold = (roles: readonly string[]): Bilingual => ({
  zh: roles.map((role) => ownWord(roleWords, role) ?? role).join('、'),
  en: roles.join(' / '),
});
