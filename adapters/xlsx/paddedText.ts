/** Number formats that fill a number up with zeros, such as `000000` or `0000-0000`: what a sheet shows is a text of digits. */

/** A place for a digit, or characters that are shown as they are. */
type Part = '0' | '#' | { readonly literal: string };

const signs: ReadonlySet<string> = new Set(['-', '+', '(', ')', ' ', ':', '$', '¥']);

/**
 * @param code one section of a number format
 * @returns the text that the format shows for a whole number; undefined where the format does not fill up with zeros
 */
export function paddedText(code: string): ((value: number) => string | undefined) | undefined {
  const parts = partsOf(code);
  if (parts === undefined) return undefined;
  const places = parts.filter((part) => part === '0' || part === '#').length;
  const zeros = parts.filter((part) => part === '0').length;
  if (zeros < 2 || parts.indexOf('0') < parts.lastIndexOf('#')) return undefined;
  const shown = withoutUnit(parts);
  return (value) => {
    if (!Number.isSafeInteger(value) || value < 0) return undefined;
    const digits = String(value);
    let at = digits.length - places;
    // digits for which the format has no place stand before the first
    let further = digits.slice(0, Math.max(0, at));
    let text = '';
    for (const part of shown) {
      if (typeof part === 'object') text += part.literal;
      else {
        text += further + (digits[at] ?? (part === '0' ? '0' : ''));
        further = '';
        at += 1;
      }
    }
    return text;
  };
}

/** Characters behind unbroken digits are a unit: `00"月"` is 05. */
function withoutUnit(parts: readonly Part[]): readonly Part[] {
  const isPlace = (part: Part): boolean => typeof part !== 'object';
  const first = parts.findIndex(isPlace);
  const last = parts.findLastIndex(isPlace);
  return parts.slice(first, last).every(isPlace) ? parts.slice(0, last + 1) : parts;
}

/** Undefined where the section has a point, a group, a percent sign, a condition or anything else that shows another number. */
function partsOf(code: string): readonly Part[] | undefined {
  const parts: Part[] = [];
  for (const [token] of code.matchAll(/"[^"]*"|\\.|[_*].|\[[^\][]*\]|./gsu)) {
    const [sign = ''] = token;
    if (token === '0' || token === '#') parts.push(token);
    else if (sign === '"') parts.push({ literal: token.slice(1, -1) });
    else if (sign === '\\') parts.push({ literal: token.slice(1) });
    else if (sign === '[') {
      if (!/^\[(?:\$-|black|blue|cyan|green|magenta|red|white|yellow|color)/i.test(token)) return undefined;
    } else if (signs.has(token)) parts.push({ literal: token });
    else if (token.length < 2 || !/[_*]/.test(sign)) return undefined;
  }
  return parts;
}
