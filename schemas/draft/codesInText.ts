import type { DeclaredCode } from './table.ts';

/** A comment such as `性别 1：男，2：女` or `是否有效(0-否;1-是)`, taken apart. */
export interface CodedText {
  /** what stands before the list */
  readonly title: string;
  readonly codes: readonly DeclaredCode[];
}

const label = String.raw`(\p{Script=Han}[^,，;；、|/\s)）\]】]{0,19})`;
const divided = new RegExp(
  String.raw`(?<![\w.])([A-Za-z]?\d{1,4}|[A-Z]{1,3})\s*[:：=＝\-－—–、.．]\s*${label}`,
  'gu',
);
/** `1男 2女`: codes count on from 0 or 1, and what follows is no unit */
const counted = new RegExp(String.raw`(?<![\w.])(\d)(?![位年月日个元万号级种类字天时分次])${label}`, 'gu');

/** The code list in a text; undefined where there are not at least two codes, each once. */
export function codesInText(text: string): CodedText | undefined {
  for (const form of [divided, counted]) {
    const found = [...text.matchAll(form)];
    const codes = found.map(([, code = '', name = '']): DeclaredCode => ({ code, label: name }));
    if (codes.length < 2 || new Set(codes.map(({ code }) => code)).size < codes.length) continue;
    if (form === counted && !codes.every(({ code }, i) => Number(code) === i + Number(codes[0]?.code ?? 0)))
      continue;
    const title = text.slice(0, found[0]?.index).replace(/[\s:：,，(（[【;；.。-]+$/u, '');
    return { title, codes };
  }
  return undefined;
}
