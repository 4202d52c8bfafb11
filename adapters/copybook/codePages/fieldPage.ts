import { asciiEncodings } from '../textEncodings.ts';
import { codePages } from './codePage.ts';

/** Code pages that single fields may have, of EBCDIC and of the ASCII family (by numbers as hosts call them, too). */
export const fieldPages: readonly string[] = [...codePages, ...asciiEncodings, 'cp1250', 'cp1251', 'cp1252'];

/** The encoding of the ASCII family that a field page means; undefined for EBCDIC code pages. */
export function asciiPage(name: string): string | undefined {
  if (asciiEncodings.includes(name)) return name;
  const [, number] = /^cp(125[012])$/.exec(name) ?? [];
  return number === undefined ? undefined : `windows-${number}`;
}
