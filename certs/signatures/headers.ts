/** Header lines as a map, in two readings: the profile's (each name once) and RFC 9421's (lines of one name joined). */
import { Problem } from '../../terms/problem.ts';
import { componentValue, type Component, type MessageView } from './component.ts';

/** Maximum of header lines of one message. Node silently drops lines beyond about a thousand, so the limit is far below. */
const headerLines = 100;

/**
 * Lower-case name → value, every name once. Values are not checked.
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

/** Whether a value can be part of a signature base: visible ASCII and inner spaces, not empty, no space at either end. */
export function isPlainValue(value: string, longest: number): boolean {
  return (
    value.length > 0 &&
    value.length <= longest &&
    value.charCodeAt(0) !== 0x20 &&
    value.charCodeAt(value.length - 1) !== 0x20 &&
    !/[^\x20-\x7e]/.test(value)
  );
}

/*
 * Text in a header, which is ASCII: percent-encoded UTF-8 (RFC 3986 §2.1). The signature covers the encoded form; the code after header
 * parsing uses the decoded text.
 */

/** Characters that need no encoding. A verifier also accepts them encoded, because libraries differ in what they encode. */
const sent = /^(?:[A-Za-z0-9._:/()-]|%[0-9A-Fa-f]{2})+$/;

/**
 * The header's value for a text, in NFC. A text of RFC 3986's unreserved characters is unchanged.
 * @throws Problem header_text_malformed for a lone surrogate, which UTF-8 cannot represent
 */
export function encodeHeaderText(name: string, text: string): string {
  try {
    return encodeURIComponent(text.normalize('NFC'));
  } catch (cause) {
    throw new Problem('header_text_malformed', { name }, { check: 'headers', at: name, cause });
  }
}

/** The text, decoded once; undefined for invalid percent-encoded UTF-8. */
export function decodeHeaderText(value: string): string | undefined {
  if (!sent.test(value)) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/**
 * Builds the signature base (RFC 9421 §2.5): one line per covered component and the line of the parameters, joined by line feeds, none at
 * the end. The general primitive below the profile: it takes any list of components this library can read.
 * @param parametersText the value of `"@signature-params"`: the inner list with its parameters exactly as in Signature-Input
 * @returns the base, or the component that the message does not have
 */
export function signatureBase(
  components: readonly Component[],
  parametersText: string,
  view: MessageView,
): string | { readonly missing: Component } {
  let base = '';
  for (const wanted of components) {
    const value = componentValue(wanted, view);
    if (value === undefined) return { missing: wanted };
    base += `${wanted.id}: ${value}\n`;
  }
  return `${base}"@signature-params": ${parametersText}`;
}
