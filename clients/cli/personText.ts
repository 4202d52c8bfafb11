import { escapeLine } from '../../terms/hiddenCharacters.ts';
import { say } from './verb.ts';

/** `李工 (7k2m9x4q1a)`: who somebody is, with the id that commands and the log name her by; the id alone where the hub tells no name. */
export function personText(id: string, name: string | undefined): string {
  if (name === undefined || name === '') return id;
  const shown = escapeLine(name);
  return say({ zh: `${shown}（${id}）`, en: `${shown} (${id})` });
}
