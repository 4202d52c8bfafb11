/** Data on a department's table before a schema exists: from DDL, from a column list, or from rows of a sample. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { Sensitivity } from '../datasetSchema.ts';

/** One value that a column may have, as the source declares it: `1` 男. */
export interface DeclaredCode {
  readonly code: string;
  readonly label?: string;
}

export interface Column {
  readonly name: string;
  /** Chinese name, from a comment or a list */
  readonly title?: string;
  /** type as the source writes it, lower-case, without length: `varchar2`, `整数` */
  readonly type?: string;
  /** the type is one of the elements of an array */
  readonly array?: boolean;
  readonly length?: number;
  /** digits after the point, for numbers */
  readonly scale?: number;
  readonly required?: boolean;
  readonly key?: boolean;
  /** values that the source declares (an enum, a list in a comment): never values of rows */
  readonly codes?: readonly DeclaredCode[];
  /** the source's statement about personal data */
  readonly personal?: 'personal' | 'sensitive';
  readonly level?: Sensitivity;
  /** values seen, at most some thousand; never written into a draft */
  readonly samples: readonly string[];
}

export interface Table {
  readonly name: string;
  readonly title?: string;
  readonly columns: readonly Column[];
  /** how it was read */
  readonly source: 'ddl' | 'column list' | 'sample';
  /** parts that could not be read and assumptions: every omission is reported */
  readonly doubts?: readonly Bilingual[];
}

/** A comment such as `性别 1：男，2：女` or `是否有效(0-否;1-是)`, split into its parts. */
export interface CodedText {
  /** text before the list */
  readonly title: string;
  readonly codes: readonly DeclaredCode[];
}

const codesInTextLabel = String.raw`(\p{Script=Han}[^,，;；、|/\s)）\]】]{0,19})`;

const divided = new RegExp(
  String.raw`(?<![\w.])([A-Za-z]?\d{1,4}|[A-Z]{1,3})\s*[:：=＝\-－—–、.．]\s*${codesInTextLabel}`,
  'gu',
);

/** `1男 2女`: codes ascend from 0 or 1, and the following text is no unit */
const counted = new RegExp(
  String.raw`(?<![\w.])(\d)(?![位年月日个元万号级种类字天时分次])${codesInTextLabel}`,
  'gu',
);

/** The text without the marks at its end. A pattern would read each run of them again from each of its characters. */
function withoutMarks(text: string): string {
  let end = text.length;
  while (end > 0 && /[\s:：,，(（[【;；.。-]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** The code list in a text; undefined where there are not at least two codes, each once. */
export function codesInText(text: string): CodedText | undefined {
  for (const form of [divided, counted]) {
    const found = [...text.matchAll(form)];
    const codes = found.map(([, code = '', name = '']): DeclaredCode => ({ code, label: name }));
    if (codes.length < 2 || new Set(codes.map(({ code }) => code)).size < codes.length) continue;
    if (form === counted && !codes.every(({ code }, i) => Number(code) === i + Number(codes[0]?.code ?? 0)))
      continue;
    return { title: withoutMarks(text.slice(0, found[0]?.index)), codes };
  }
  return undefined;
}
