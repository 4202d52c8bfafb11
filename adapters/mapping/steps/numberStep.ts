/** Converts text to exact decimal text, and then to the type of the target field. */
import { decimalText, parseDecimal, rescaleDecimal, timesDecimal } from '../../../terms/decimal.ts';
import type { NumberSpec } from '../document.ts';
import { Fault } from '../fault.ts';

const shapeFault = new Fault('number.shape', '不是数字', 'is no number');
const groupFault = new Fault(
  'number.group',
  '千分位位置不正确',
  'has a separator of thousands in the wrong place',
);
const scaleFault = new Fault('number.scale', '小数位数超出规定', 'has more decimals than are allowed');
const inexactFault = new Fault(
  'number.inexact',
  '数字过长，无法精确表示',
  'has more digits than a number can hold exactly',
);
const integerFault = new Fault('number.integer', '不是整数', 'is no whole number');

/** Number of significant digits that a double always preserves. */
const safeDigits = 15;

/**
 * Reads a number as plain decimal text: no group marks, `.` as the point, `-` in front, no superfluous leading zeros. The decimals remain
 * as written (`59.80`).
 */
export function decimalReader(spec: NumberSpec): (text: string) => string | Fault {
  const group = spec.group ?? '';
  const point = spec.decimal ?? '.';
  const sign = spec.sign ?? 'leading';
  return (cell) => {
    const marked = sign !== 'leading' || cell.charCodeAt(0) < 48;
    const { negative, body: signless } = marked ? unsigned(cell, sign) : { negative: false, body: cell };
    let body = signless;
    if (group !== '' && body.includes(group)) {
      const whole = ungrouped(body, group, point);
      if (whole === undefined) return groupFault;
      body = whole;
    }
    const plain = plainDecimal(body, point) ?? fromExponent(body, point);
    if (plain === undefined) return shapeFault;
    return negative ? `-${plain}` : plain;
  };
}

function unsigned(
  text: string,
  sign: NumberSpec['sign'],
): { readonly negative: boolean; readonly body: string } {
  if (sign === 'parentheses' && text.startsWith('(') && text.endsWith(')'))
    return { negative: true, body: text.slice(1, -1) };
  if (sign === 'trailing' && (text.endsWith('-') || text.endsWith('+'))) {
    return { negative: text.endsWith('-'), body: text.slice(0, -1) };
  }
  const first = text.charCodeAt(0);
  if (first === 0x2d) return { negative: true, body: text.slice(1) };
  return { negative: false, body: first === 0x2b ? text.slice(1) : text };
}

/** Removes the group marks; undefined where they do not precede every third digit. */
function ungrouped(body: string, group: string, point: string): string | undefined {
  const at = body.indexOf(point);
  const end = at < 0 ? body.length : at;
  let out = body.slice(end);
  if (out.includes(group)) return undefined;
  let from = end;
  while (from > 3) {
    if (body[from - 4] !== group) return undefined;
    out = body.slice(from - 3, from) + out;
    from -= 4;
  }
  return from > 0 ? body.slice(0, from) + out : undefined;
}

/** Digits with at most one point between digits; undefined for anything else. */
function plainDecimal(body: string, point: string): string | undefined {
  const pointCode = point.charCodeAt(0);
  let at = -1;
  for (let i = 0; i < body.length; i += 1) {
    const code = body.charCodeAt(i);
    if (code === pointCode) {
      if (at >= 0) return undefined;
      at = i;
    } else if (code < 48 || code > 57) return undefined;
  }
  const whole = at < 0 ? body.length : at;
  if (whole === 0 || at === body.length - 1) return undefined;
  let zeros = 0;
  while (zeros < whole - 1 && body.charCodeAt(zeros) === 48) zeros += 1;
  const trimmed = zeros === 0 ? body : body.slice(zeros);
  return point === '.' || at < 0 ? trimmed : trimmed.replace(point, '.');
}

/** Converts `-5.7E-14`, as statistics programs write it, to the same exact number without the exponent. */
function fromExponent(body: string, point: string): string | undefined {
  if (!/[eE][+-]?\d{1,3}$/.test(body)) return undefined;
  const value = parseDecimal(point === '.' ? body : body.replace(point, '.'));
  return value === undefined || body.startsWith('-') || body.startsWith('+') ? undefined : decimalText(value);
}

/** Exact multiplication and a fixed number of decimals. */
export function scaler(
  times: string | undefined,
  scale: number | undefined,
): ((text: string) => string | Fault) | undefined {
  const factor = times === undefined ? undefined : parseDecimal(times);
  if (factor === undefined) return scale === undefined ? undefined : (text) => withScale(text, scale);
  return (text) => {
    const value = parseDecimal(text);
    if (value === undefined) return shapeFault;
    const product = timesDecimal(value, factor);
    if (scale === undefined) return decimalText(withoutTrailingZeros(product.units, product.scale));
    const rescaled = rescaleDecimal(product, scale);
    return rescaled === undefined ? scaleFault : decimalText(rescaled);
  };
}

/** The same number with the given number of decimals, using its digits alone. */
function withScale(text: string, scale: number): string | Fault {
  const point = text.indexOf('.');
  const decimals = point < 0 ? 0 : text.length - point - 1;
  if (decimals === scale) return text;
  if (decimals < scale) return `${text}${point < 0 ? '.' : ''}${'0'.repeat(scale - decimals)}`;
  const cut = text.length - (decimals - scale);
  for (let i = cut; i < text.length; i += 1) if (text.charCodeAt(i) !== 48) return scaleFault;
  return text.slice(0, scale === 0 ? point : cut);
}

function withoutTrailingZeros(
  units: bigint,
  scale: number,
): { readonly units: bigint; readonly scale: number } {
  let left = units;
  let decimals = scale;
  while (decimals > 0 && left % 10n === 0n) {
    left /= 10n;
    decimals -= 1;
  }
  return { units: left, scale: decimals };
}

/** Converts decimal text to a number, only where the number represents the text exactly. */
export function exactNumber(text: string): number | Fault {
  const value = Number(text);
  if (text.length <= safeDigits || significantDigits(text) <= safeDigits) return value === 0 ? 0 : value;
  return Number.isSafeInteger(value) && BigInt(value).toString() === text ? value : inexactFault;
}

export function exactInteger(text: string): number | Fault {
  const point = text.indexOf('.');
  if (point >= 0 && !/^0*$/.test(text.slice(point + 1))) return integerFault;
  return exactNumber(point < 0 ? text : text.slice(0, point));
}

const significantDigits = (text: string): number => text.replace(/^-?0*\.?0*/, '').replace('.', '').length;
