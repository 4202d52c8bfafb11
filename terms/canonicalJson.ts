/**
 * Canonical JSON: RFC 8785 (JCS), over the values the product signs and logs: strings, booleans, null, safe integers, arrays and plain
 * objects. With numbers limited to safe integers, JSON.stringify with sorted names is JCS, and every language agrees on it.
 */
import { isWellFormed } from './controlText.ts';

export type CanonicalValue =
  | string
  | number
  | boolean
  | null
  | readonly CanonicalValue[]
  | { readonly [name: string]: CanonicalValue | undefined };

/**
 * The canonical text. Undefined members are omitted.
 * @throws TypeError on a number that is no safe integer, a lone surrogate, or anything that JSON has no form for
 */
export function canonicalJson(value: CanonicalValue): string {
  return canonicalValue(value, safeInteger);
}

/**
 * The canonical text of values that only this hub compares, such as a row: RFC 8785 in full, so any finite number is allowed
 * (§3.2.2.3: the shortest text of ECMAScript, which JSON.stringify writes). Equal to {@link canonicalJson} wherever that has a text.
 * @throws TypeError on NaN, an infinity, a lone surrogate, or anything that JSON has no form for
 */
export function canonicalJsonOfRow(value: CanonicalValue): string {
  return canonicalValue(value, finiteNumber);
}

type NumberText = (value: number) => string;

function safeInteger(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError('canonical JSON takes safe integers only');
  return Object.is(value, -0) ? '0' : String(value);
}

function finiteNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('canonical JSON takes finite numbers only');
  return JSON.stringify(value);
}

function canonicalValue(value: CanonicalValue, numberText: NumberText): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      return numberText(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value)
        ? canonicalArray(value as readonly CanonicalValue[], numberText)
        : canonicalObject(value as { readonly [name: string]: CanonicalValue | undefined }, numberText);
    default:
      throw new TypeError(`canonical JSON has no form for ${typeof value}`);
  }
}

function canonicalString(text: string): string {
  if (!isWellFormed(text)) throw new TypeError('canonical JSON refuses a lone surrogate');
  return JSON.stringify(text);
}

function canonicalArray(items: readonly CanonicalValue[], numberText: NumberText): string {
  // one JSON.stringify of a thousand texts takes a fraction of the time of a thousand calls
  if (items.every((one) => typeof one === 'string' && isWellFormed(one))) return JSON.stringify(items);
  return `[${items.map((item) => canonicalValue(item, numberText)).join(',')}]`;
}

/** RFC 8785 §3.2.3 sorts names by UTF-16 code units, which is what JavaScript's default sort does. */
function canonicalObject(
  members: { readonly [name: string]: CanonicalValue | undefined },
  numberText: NumberText,
): string {
  const prototype: unknown = Object.getPrototypeOf(members);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError('canonical JSON takes plain objects only');
  }
  const parts: string[] = [];
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    if (value !== undefined) parts.push(`${canonicalString(name)}:${canonicalValue(value, numberText)}`);
  }
  return `{${parts.join(',')}}`;
}
