import type { Bilingual } from '../../terms/bilingual.ts';

/** The first place where two signature bases differ. Lines and columns count from 1, bytes from 0. */
export interface BaseDifference {
  readonly byte: number;
  readonly line: number;
  readonly column: number;
  /** the hub's line; '' where it has none */
  readonly expected: string;
  /** the caller's line */
  readonly received: string;
  readonly hint: Bilingual;
}

/** Compares the caller's own signature base with the hub's; undefined where they are the same. */
export function compareBases(hub: string, own: string): BaseDifference | undefined {
  if (hub === own) return undefined;
  let byte = 0;
  while (byte < hub.length && byte < own.length && hub.charCodeAt(byte) === own.charCodeAt(byte)) byte += 1;
  const before = hub.slice(0, byte);
  const line = before.split('\n').length;
  const expected = hub.split('\n')[line - 1] ?? '';
  const received = own.split('\n')[line - 1] ?? '';
  return {
    byte,
    line,
    column: byte - (before.lastIndexOf('\n') + 1) + 1,
    expected,
    received,
    hint: byte === own.length ? tooShort : byte === hub.length ? tooLong : hintFor(expected, received, own),
  };
}

const tooShort: Bilingual = { zh: '基串在这里提前结束', en: 'your base ends too early' };
const tooLong: Bilingual = {
  zh: '基串到此为止：最后一行之后没有换行符',
  en: 'the base ends here: there is no line feed after the last line',
};

function hintFor(expected: string, received: string, own: string): Bilingual {
  if (own.includes('\r'))
    return { zh: '各行之间只用一个换行符 LF，不用 CRLF', en: 'separate the lines by a single LF, not CRLF' };
  const name = expected.slice(0, expected.indexOf(': '));
  if (!received.startsWith(`${name}: `))
    return {
      zh: `这一行应为 ${name}；各行次序与 Signature-Input 中的成分一致`,
      en: `this line is to be ${name}; lines follow the order of the components in Signature-Input`,
    };
  return (
    hints[name] ?? {
      zh: `${name} 的值须与发送的请求头逐字节相同，去掉首尾空格`,
      en: `the value of ${name} is the header's as sent, byte by byte, without spaces at its ends`,
    }
  );
}

const hints: Readonly<Record<string, Bilingual>> = {
  '"@method"': { zh: '方法用大写', en: 'the method is in upper case' },
  '"@target-uri"': {
    zh: '@target-uri 是枢纽公布的地址（/.well-known/datong-signing 的 origin）加原样的路径与查询',
    en: "@target-uri is the hub's published origin (/.well-known/datong-signing) and the path and query exactly as sent",
  },
  '"content-digest"': {
    zh: '对实际发送的字节计算摘要；空正文也有摘要',
    en: 'digest the bytes that are sent; an empty body has a digest too',
  },
  '"@signature-params"': {
    zh: '最后一行就是 Signature-Input 去掉“req=”，逐字节相同',
    en: 'the last line is Signature-Input without "req=", byte by byte',
  },
};
