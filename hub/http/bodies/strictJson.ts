/**
 * JSON that means the same to every reader: UTF-8 without a byte order mark, no doubled member names (RFC 8259 §4 leaves their meaning open,
 * so a signer and a reader could see different documents), no `__proto__`, and a bounded depth.
 */
import { Problem } from '../../../terms/problem.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const deepest = 64;

/** @throws Problem malformed_json */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text) as unknown;
  } catch (error) {
    throw new Problem('malformed_json', {}, { cause: error });
  }
  if (hasAmbiguousNames(text)) throw new Problem('malformed_json');
  return value;
}

/**
 * Whether some object of a valid JSON text names a member twice or `__proto__`, or nests too deeply. One pass over the text:
 * a string that stands before a colon is a name.
 */
function hasAmbiguousNames(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charCodeAt(i);
    if (character === 0x7b || character === 0x5b) {
      open.push(character === 0x7b ? new Set() : undefined);
      if (open.length > deepest) return true;
    } else if (character === 0x7d || character === 0x5d) {
      open.pop();
    } else if (character === 0x22) {
      const end = endOfString(text, i);
      const names = open.at(-1);
      if (names !== undefined && isName(text, end + 1)) {
        const name = readName(text, i, end);
        if (name === '__proto__' || names.has(name)) return true;
        names.add(name);
      }
      i = end;
    }
  }
  return false;
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (text.charCodeAt(i) !== 0x22) i += text.charCodeAt(i) === 0x5c ? 2 : 1;
  return i;
}

function isName(text: string, after: number): boolean {
  let i = after;
  while (text.charCodeAt(i) <= 0x20) i += 1;
  return text.charCodeAt(i) === 0x3a;
}

function readName(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}
