/** Edited pictures: reads the number that `1,234.50-`, `***12.00CR`, `$ 7` or `+1.50E-03` shows. */
import { editedShape, type Fits } from './editedShape.ts';
import { scaledText, type Value } from './numbers.ts';
import type { RecordSource } from '../record/recordSource.ts';
import type { ReadText } from '../record/textReader.ts';

/** External floating point: mantissa and exponent in characters. */
export const externalFloat = /^[+-]9*[.,]?9*E[+-]99$/;

type ReadEdited = (source: RecordSource, start: number, end: number) => Value;

interface Shape {
  readonly point: string;
  readonly group: string;
  /** decimals that an all-asterisks zero has */
  readonly decimals: number;
  /** of digits without a written point (V and P in the picture); negative: zeros to append */
  readonly scale: number | undefined;
}

/**
 * @param symbols the picture, repetitions written out
 * @param comma DECIMAL-POINT IS COMMA
 * @returns undefined for an impossible picture: two decimal points, or a group mark after one
 * @param read untrimmed text of the record
 */
export function editedReader(symbols: string, comma: boolean, read: ReadText): ReadEdited | undefined {
  const shape = shapeOf(symbols, comma);
  if (shape === undefined) return undefined;
  const isFloat = externalFloat.test(symbols);
  const value = isFloat ? floatValue : fixedValue;
  const fits = isFloat ? floatShape(symbols) : editedShape(symbols, shape.point);
  return (source, start, end) => {
    const shown = read(source, start, end);
    if (typeof shown !== 'string') return shown;
    if (shown.trim() === '') return null;
    return fits(shown) ? value(shown, shape) : undefined;
  };
}

function shapeOf(symbols: string, comma: boolean): Shape | undefined {
  const [point, group] = comma ? [',', '.'] : ['.', ','];
  // leading P implies the decimal point before them
  const pointed = symbols.includes('V') ? symbols : symbols.replace(/^([$+¥￥-]*)(?=P)/, '$1V');
  const [whole = '', fraction = '', more] = pointed.split(comma ? /[,V]/ : /[.V]/);
  if (more !== undefined || fraction.includes(group)) return undefined;
  const scale = symbols.includes('V') || symbols.includes('P') ? impliedScale(whole, fraction) : undefined;
  if (scale !== undefined && (Number.isNaN(scale) || symbols.includes(point))) return undefined;
  return { point, group, decimals: scale ?? fraction.replace(/CR$|DB$|[+-]$/, '').length, scale };
}

/** Decimals of a picture with V or P, from the symbols on both sides of its decimal point; NaN where they contradict each other. */
function impliedScale(whole: string, fraction: string): number {
  const decimals = fraction.replace(/CR$|DB$|[+-]$/, '');
  if (/^[9Z*]*$/.test(decimals) && !whole.includes('P')) return decimals.length;
  if (/^P+[9Z*]+$/.test(decimals) && whole.replace(/[$+¥￥-]/g, '') === '') return decimals.length;
  const [, zeros] = /^[^P]+?(P+)(?:CR|DB|[+-])?$/.exec(whole) ?? [];
  return zeros === undefined || decimals !== '' ? Number.NaN : -zeros.length;
}

function fixedValue(shown: string, { point, group, decimals, scale }: Shape): Value {
  const negative = /-|CR|DB/.test(shown);
  const bare = shown
    .trim()
    .replace(/^[\s+$¥￥-]+/, '')
    .replace(/(?:[+-]|CR|DB)$/, '')
    .trimEnd();
  // asterisks up to the end represent a zero
  if (/^\*[*.,]*$/.test(bare)) return decimals > 0 ? `0.${'0'.repeat(decimals)}` : '0';
  const digits = bare
    .replace(/^[*\s$¥￥]+/, '')
    .replaceAll(group, '')
    .replace(point, '.');
  if (!/^\d*(\.\d*)?$/.test(digits) || !/\d/.test(digits)) return undefined;
  if (scale !== undefined) return String(scaledText(digits, negative, digits.length, scale));
  const plain = digits
    .replace(/^0+(?=\d)/, '')
    .replace(/^\./, '0.')
    .replace(/\.$/, '');
  return negative && /[1-9]/.test(plain) ? `-${plain}` : plain;
}

/** External floating point always has all its characters. */
function floatShape(symbols: string): Fits {
  const pattern = symbols
    .replaceAll('9', '\\d')
    .replace(/[.,]/, '[.,]')
    .replaceAll('+', '[+-]')
    .replaceAll(/(?<!\[\+)-(?!\])/g, '[ -]');
  const whole = new RegExp(`^${pattern}$`);
  return (shown) => whole.test(shown);
}

/** A double, like COMP-1 and COMP-2. */
function floatValue(shown: string, { point }: Shape): Value {
  const value = Number(
    shown
      .replaceAll(' ', '')
      .replace(point, '.')
      .replace(/E(?=\d)/, 'E+'),
  );
  return Number.isFinite(value) ? value + 0 : undefined;
}
