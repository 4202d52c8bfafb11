import type { Bilingual } from './bilingual.ts';

/**
 * An error of one row of a submission, for a clerk. It names the position and the rule and shows only the *class* of the value
 * (`classOfValue`), never the value.
 */
export interface RowProblem {
  /** Physical line on which the record begins, from 1. */
  readonly line: number;
  /** Column number, from 1; 0 where the rule concerns the whole row. */
  readonly column: number;
  /** Header in the file, '' where there is none. */
  readonly header: string;
  /** Field of the target schema, '' before mapping. */
  readonly field: string;
  /** Stable rule name: `csv.ragged`, `cn-resident-id.checksum`, `code.unknown`, `required`. */
  readonly rule: string;
  /** Class of the value, e.g. `string, 18 chars, 9{17}A`. */
  readonly got: string;
  readonly message: Bilingual;
}

/**
 * The class of a value, by which a clerk recognises it and a stranger learns nothing. It is type, length in code points and, when `shape`
 * is true, character shape (9 digit, A letter, 汉 Han character, others unchanged; runs counted).
 */
export function classOfValue(value: unknown, shape: boolean): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `array, ${value.length} items`;
  if (typeof value !== 'string') return typeof value;
  const length = pointsIn(value);
  const size = `string, ${length} chars`;
  return shape && length > 0 && length <= 64 ? `${size}, ${shapeOf(value)}` : size;
}

/** Code points of a text. */
function pointsIn(text: string): number {
  let points = text.length;
  for (let i = 1; i < text.length; i += 1)
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) points -= 1;
  return points;
}

/** The class in Chinese: `文本，18 个字符，9{17}A`. */
export const classInChinese = (got: string): string =>
  got
    .replace(
      /^string, (\d+) chars(?:, )?/,
      (whole, length: string) => `文本，${length} 个字符${whole.endsWith('chars') ? '' : '，'}`,
    )
    .replace(/^array, (\d+) items$/, '列表，$1 项')
    .replace(/^null$/, '空')
    .replace(/^number$/, '数值')
    .replace(/^boolean$/, '真假值')
    .replace(/^object$/, '对象');

/** 9 for a digit, A for a letter, 汉 for a Han character, ? for a control, others unchanged. */
function kindOf(point: string): string {
  const code = point.charCodeAt(0);
  if (code < 0x80) return asciiKinds[code] ?? point;
  if (code >= 0x4e00 && code <= 0x9fff) return '汉';
  if (/\p{Nd}/u.test(point)) return '9';
  if (/\p{Script=Han}/u.test(point)) return '汉';
  if (/\p{L}/u.test(point)) return 'A';
  return /\p{Cc}/u.test(point) ? '?' : point;
}

const asciiKinds: readonly string[] = Array.from({ length: 0x80 }, (_, code) => {
  const point = String.fromCharCode(code);
  if (/\d/.test(point)) return '9';
  if (/[A-Za-z]/.test(point)) return 'A';
  return code < 0x20 || code === 0x7f ? '?' : point;
});

function shapeOf(text: string): string {
  let shape = '';
  let kind = '';
  let count = 0;
  for (const point of text) {
    const next = kindOf(point);
    if (next === kind) {
      count += 1;
      continue;
    }
    shape += count > 1 ? `${kind}{${count}}` : kind;
    kind = next;
    count = 1;
  }
  return shape + (count > 1 ? `${kind}{${count}}` : kind);
}
