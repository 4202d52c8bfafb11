import type { Bilingual } from '../../terms/bilingual.ts';

export interface Guess<T> {
  readonly value: T;
  /** from 0 to 1 */
  readonly confidence: number;
  readonly reason: Bilingual;
}

const dbfVersions = new Set([0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8b, 0x8c, 0xf5, 0xfb]);

/** The format of a file from its first bytes. Fixed width and host files cannot be told: someone must know their layout. */
export function detectFormat(start: Uint8Array): Guess<string> {
  const text = Buffer.from(start.subarray(0, 4096))
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (start[0] === 0x50 && start[1] === 0x4b)
    return sure('xlsx', '压缩包签名 PK', 'the signature of a zip archive');
  if (/^\u000b?(MSH|FHS|BHS)[^\w\s]/.test(text))
    return sure('hl7', '以 MSH 段开头', 'it begins with an MSH segment');
  if (/^<(\?xml|[A-Za-z_])/.test(text)) return sure('xml', '以 XML 标签开头', 'it begins with an XML tag');
  if (/^[[{]/.test(text)) return sure('json', '以 JSON 括号开头', 'it begins with a JSON bracket');
  if (
    dbfVersions.has(start[0] ?? 0) &&
    (start[2] ?? 99) <= 12 &&
    (start[3] ?? 99) <= 31 &&
    start.includes(0)
  ) {
    return {
      value: 'dbf',
      confidence: 0.9,
      reason: { zh: '文件头像 DBF', en: 'its header looks like that of a DBF' },
    };
  }
  return { value: 'csv', confidence: 0.6, reason: { zh: '按分隔文本处理', en: 'taken as separated text' } };
}

const sure = (value: string, zh: string, en: string): Guess<string> => ({
  value,
  confidence: 0.99,
  reason: { zh, en },
});
