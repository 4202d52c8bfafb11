import { readFileSync } from 'node:fs';
import { exitCode, VerbFailure } from '../verb.ts';

/**
 * An identifier from a file, or from standard input for `-`: on the command line every user of the machine could read it.
 * @throws VerbFailure (exit 2) when it is empty or has several lines; the file system's error
 */
export function identifierFrom(file: string): string {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
  if (text !== '' && !/\s/u.test(text) && text.length <= 100) return text;
  throw new VerbFailure(exitCode.usage, {
    zh: `${file === '-' ? '标准输入' : file} 应只有一个标识`,
    en: `${file === '-' ? 'standard input' : file} must hold one identifier and nothing else`,
  });
}
