import { asciiEncodings } from '../textEncodings.ts';
import { codePages } from './codePage.ts';

/** Code pages that single fields may have, of EBCDIC and of the ASCII family (also by the numbers used on hosts). */
export const fieldPages: readonly string[] = [...codePages, ...asciiEncodings, 'cp1250', 'cp1251', 'cp1252'];

/** The ASCII-family encoding of a field page; undefined for EBCDIC code pages. */
export function asciiPage(name: string): string | undefined {
  if (asciiEncodings.includes(name)) return name;
  const [, number] = /^cp(125[012])$/.exec(name) ?? [];
  return number === undefined ? undefined : `windows-${number}`;
}
