/** Header lines as a map, in two readings: the profile's (each name once) and RFC 9421's (lines of one name joined). */
import { Problem } from '../../terms/problem.ts';

/** Header lines of one message. Node drops lines beyond about a thousand unseen, so the limit stands far below. */
const headerLines = 100;

/**
 * Lower-case name → value, every name once. Values are not looked at.
 * @throws Problem headers_too_many, header_duplicate
 */
export function singleHeaders(rawHeaders: readonly string[]): ReadonlyMap<string, string> {
  if (rawHeaders.length > headerLines * 2)
    throw new Problem('headers_too_many', { limit: headerLines }, { check: 'headers' });
  const headers = new Map<string, string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    if (headers.has(name)) throw new Problem('header_duplicate', { name }, { check: 'headers', at: name });
    headers.set(name, rawHeaders[i + 1] ?? '');
  }
  return headers;
}

/** Lower-case name → values of all its lines, trimmed and joined with ", " (RFC 9421 §2.1). */
export function joinedHeaders(rawHeaders: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const value = (rawHeaders[i + 1] ?? '').trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** Whether a value can stand in a signature base: visible ASCII and inner spaces, not empty, nothing at the ends. */
export function isPlainValue(value: string, longest: number): boolean {
  return (
    value.length > 0 &&
    value.length <= longest &&
    value.charCodeAt(0) !== 0x20 &&
    value.charCodeAt(value.length - 1) !== 0x20 &&
    !/[^\x20-\x7e]/.test(value)
  );
}
