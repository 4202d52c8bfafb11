/** Codes of the contract (kinds, states, acts, roles, members) in the language of talk. */
import { inBothLanguages, type ReportedName } from '../../terms/factWords.ts';
import { say } from './verb.ts';

/** @returns the word; a value without Chinese text, such as an identifier, unchanged */
export const translated = (name: ReportedName, code: string): string => say(inBothLanguages(name, code));
