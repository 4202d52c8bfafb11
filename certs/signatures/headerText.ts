/**
 * Text in a header, which is ASCII: percent-encoded UTF-8 (RFC 3986 §2.1). The signature covers it as it is sent; everybody behind the
 * edge sees the text.
 */
import { Problem } from '../../terms/problem.ts';

/** What needs no encoding. A verifier takes any of it encoded too: libraries differ in what they leave as it is. */
const sent = /^(?:[A-Za-z0-9._:/()-]|%[0-9A-Fa-f]{2})+$/;

/**
 * The header's value for a text, in NFC. A text of RFC 3986's unreserved signs is its own.
 * @throws Problem header_text_malformed for half a surrogate pair, which UTF-8 cannot say
 */
export function encodeHeaderText(name: string, text: string): string {
  try {
    return encodeURIComponent(text.normalize('NFC'));
  } catch (cause) {
    throw new Problem('header_text_malformed', { name }, { check: 'headers', at: name, cause });
  }
}

/** The text, decoded once; undefined for what is no percent-encoded UTF-8. */
export function decodeHeaderText(value: string): string | undefined {
  if (!sent.test(value)) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
