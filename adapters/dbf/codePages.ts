/** Names of code pages in DBF files: a byte of the header, or a .cpg file that accompanies the table. */
import { Problem } from '../../terms/problem.ts';
import { encodingLabels, encodingOf } from '../reading/text/encodings.ts';
import { dosPages } from '../reading/text/dosPages.ts';

/** Language driver ids of byte 29. */
export const codePages: Readonly<Record<number, string>> = {
  0x01: 'cp437',
  0x02: 'cp850',
  0x03: 'windows-1252',
  0x08: 'cp865',
  0x13: 'shift_jis',
  0x1f: 'cp852',
  0x26: 'ibm866',
  0x4d: 'gb18030',
  0x4e: 'euc-kr',
  0x4f: 'big5',
  0x50: 'windows-874',
  0x57: 'windows-1252',
  0x58: 'windows-1252',
  0x59: 'windows-1252',
  0x64: 'cp852',
  0x65: 'ibm866',
  0x66: 'cp865',
  0x67: 'cp861',
  0x6a: 'cp737',
  0x6b: 'cp857',
  0x78: 'big5',
  0x79: 'euc-kr',
  0x7a: 'gb18030',
  0x7b: 'shift_jis',
  0x7c: 'windows-874',
  0x7d: 'windows-1255',
  0x7e: 'windows-1256',
  0xc8: 'windows-1250',
  0xc9: 'windows-1251',
  0xca: 'windows-1254',
  0xcb: 'windows-1253',
  0xcc: 'windows-1257',
};

/** Windows and DOS pages by number. */
const byNumber: Readonly<Record<string, string>> = {
  '65001': 'utf-8',
  '936': 'gb18030',
  '54936': 'gb18030',
  '950': 'big5',
  '932': 'shift_jis',
  '949': 'euc-kr',
  '866': 'ibm866',
  '874': 'windows-874',
  '88591': 'windows-1252',
  '88595': 'iso-8859-5',
};

/**
 * The code page that a .cpg file names: `UTF-8`, `GBK`, `936`, `ANSI 1251`, `OEM 866`, `ISO 88591`.
 * @throws Problem encoding_unknown
 */
export function codePageOfCpg(content: Uint8Array): string {
  const name = Buffer.from(content.subarray(0, 64))
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trim()
    .toLowerCase();
  if (encodingLabels.includes(name)) return encodingOf(name);
  const number =
    /^(?:ansi|oem|cp|windows|ibm|iso)?[\s_-]*([\d-]{3,6})$/.exec(name)?.[1]?.replaceAll('-', '') ?? '';
  if (byNumber[number] !== undefined) return byNumber[number];
  if (/^125[0-7]$/.test(number)) return `windows-${number}`;
  if (dosPages[`cp${number}`] !== undefined) return `cp${number}`;
  throw new Problem('encoding_unknown', { encoding: name.replaceAll(/[^\w -]/g, '?').slice(0, 40) });
}
