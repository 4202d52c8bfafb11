import { Problem } from '../../../terms/problem.ts';

/**
 * Encodings of text files by label. Every label of the GB family means GB18030, which includes GB2312 and GBK. The decoder that Node offers
 * under the label `gbk` maps the euro sign and byte FF to private-use characters and is never used.
 */
const byLabel: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  'utf-8': 'utf-8',
  ascii: 'utf-8',
  'us-ascii': 'utf-8',
  gb18030: 'gb18030',
  gbk: 'gb18030',
  gb2312: 'gb18030',
  'gb-2312': 'gb18030',
  'euc-cn': 'gb18030',
  cp936: 'gb18030',
  ms936: 'gb18030',
  'windows-936': 'gb18030',
  'utf-16': 'utf-16le',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  big5: 'big5',
  latin1: 'windows-1252',
  'iso-8859-1': 'windows-1252',
  'windows-1252': 'windows-1252',
  'iso-8859-2': 'iso-8859-2',
  'iso-8859-5': 'iso-8859-5',
  'iso-8859-15': 'iso-8859-15',
  'windows-1250': 'windows-1250',
  'windows-1251': 'windows-1251',
  'koi8-r': 'koi8-r',
  shift_jis: 'shift_jis',
  'euc-jp': 'euc-jp',
  'euc-kr': 'euc-kr',
};

/** Labels that options may name. */
export const encodingLabels: readonly string[] = Object.keys(byLabel);

/** The decoder's name for a label. @throws Problem encoding_unknown */
export function encodingOf(label: string): string {
  const name = byLabel[label.trim().toLowerCase()];
  if (name === undefined) throw new Problem('encoding_unknown', { encoding: label.slice(0, 40) });
  return name;
}

export const isWide = (encoding: string): boolean => encoding === 'utf-16le' || encoding === 'utf-16be';
