/**
 * Canonical JSON: RFC 8785 (JCS), over the values the product signs and logs: strings, booleans, null, safe integers, arrays and
 * plain objects. With numbers kept to safe integers, JSON.stringify with sorted names is JCS, and every language agrees on it.
 */
import { isWellFormed } from './wellFormed.ts';

export type CanonicalValue =
  | string
  | number
  | boolean
  | null
  | readonly CanonicalValue[]
  | { readonly [name: string]: CanonicalValue | undefined };

/**
 * The canonical text. Members that are undefined are left out.
 * @throws TypeError on a number that is no safe integer, a lone surrogate, or anything that JSON has no form for
 */
export function canonicalJson(value: CanonicalValue): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isSafeInteger(value)) throw new TypeError('canonical JSON takes safe integers only');
      return Object.is(value, -0) ? '0' : String(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value)
        ? canonicalArray(value as readonly CanonicalValue[])
        : canonicalObject(value as { readonly [name: string]: CanonicalValue | undefined });
    default:
      throw new TypeError(`canonical JSON has no form for ${typeof value}`);
  }
}

function canonicalString(text: string): string {
  if (!isWellFormed(text)) throw new TypeError('canonical JSON refuses a lone surrogate');
  return JSON.stringify(text);
}

function canonicalArray(items: readonly CanonicalValue[]): string {
  // a thousand texts are written in one go for a fraction of what each of them costs alone
  if (items.every((one) => typeof one === 'string' && isWellFormed(one))) return JSON.stringify(items);
  return `[${items.map(canonicalJson).join(',')}]`;
}

/** RFC 8785 §3.2.3 sorts names by UTF-16 code units, which is what JavaScript's default sort does. */
function canonicalObject(members: { readonly [name: string]: CanonicalValue | undefined }): string {
  const prototype: unknown = Object.getPrototypeOf(members);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError('canonical JSON takes plain objects only');
  }
  const parts: string[] = [];
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    if (value !== undefined) parts.push(`${canonicalString(name)}:${canonicalJson(value)}`);
  }
  return `{${parts.join(',')}}`;
}
