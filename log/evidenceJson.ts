/**
 * JSON of evidence that has one meaning for every reader. It permits no duplicate member names (RFC 8259 §4 leaves their meaning open), no
 * lone surrogate, and a limited depth. Numbers are integers below 2^53 in their one form (`5`, never `5.0` or `5e0`). Reads a pack of
 * 100,000 entries in a second: strings are found by search, not character by character.
 */
import { isWellFormed } from '../terms/controlText.ts';

/** Evidence nests four levels; much deeper input is meant to exhaust the reader. */
const deepest = 16;

/** Why a text is not evidence. The message contains the fault and its character position, never the text itself. */
export class EvidenceJsonFault extends Error {
  constructor(what: string, position: number) {
    super(`${what} at character ${position + 1}`);
    this.name = 'EvidenceJsonFault';
  }
}

/**
 * @param decoded names of members whose strings the caller decodes as strict base64, at any depth of arrays. That decoding refuses control
 *   characters, so they are not checked here; this saves a tenth of the work with a long pack.
 * @throws EvidenceJsonFault
 */
export function parseEvidenceJson(text: string, decoded: readonly string[] = []): unknown {
  const reader = new Reader(text, decoded);
  const value = reader.value(0);
  reader.end();
  return value;
}

const quote = 0x22;
const comma = 0x2c;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

class Reader {
  private readonly text: string;
  private at = 0;
  /** the first backslash at or after the position; the text's length if there is none */
  private escape = 0;
  private readonly decoded: readonly string[];
  /** whether the caller decodes the strings being read */
  private isDecoded = false;
  /** strings of the array read last, if none had an escape: the next array often repeats most of them at the same places */
  private repeated: readonly unknown[] = [];
  /** number of strings read so far that had an escape */
  private escapes = 0;

  constructor(text: string, decoded: readonly string[]) {
    this.text = text;
    this.decoded = decoded;
    this.escape = this.find('\\', 0);
  }

  value(depth: number): unknown {
    if (depth > deepest) this.fail('it is nested too deeply');
    const code = this.next();
    if (code === quote) return this.string();
    if (code === 0x7b) return this.object(depth);
    if (code === 0x5b) return this.array(depth);
    if (isDigit(code) || code === 0x2d) return this.integer();
    return this.word();
  }

  end(): void {
    if (!Number.isNaN(this.next())) this.fail('something follows the value');
  }

  private object(depth: number): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    this.at += 1;
    if (this.take(0x7d)) return members;
    for (;;) {
      if (this.next() !== quote) this.fail('a member name is wanted');
      const start = this.at;
      const name = this.string();
      if (name === '__proto__' || Object.hasOwn(members, name)) {
        this.at = start;
        this.fail('a member name is doubled or not allowed');
      }
      if (!this.take(0x3a)) this.fail('":" is wanted');
      this.isDecoded = this.decoded.includes(name);
      members[name] = this.value(depth + 1);
      this.isDecoded = false;
      if (this.take(0x7d)) return members;
      if (!this.take(comma)) this.fail('"," or "}" is wanted');
    }
  }

  private array(depth: number): unknown[] {
    const items: unknown[] = [];
    this.at += 1;
    if (this.take(0x5d)) return items;
    const escapes = this.escapes;
    for (;;) {
      items.push(this.repeatedString(items.length) ?? this.value(depth + 1));
      if (this.take(0x5d)) break;
      if (!this.take(comma)) this.fail('"," or "]" is wanted');
    }
    this.repeated = this.escapes === escapes ? items : [];
    return items;
  }

  /** The string at this place of the previous array, if it occurs here again up to its closing quote. */
  private repeatedString(place: number): string | undefined {
    const known = this.repeated[place];
    if (typeof known !== 'string' || this.next() !== quote) return undefined;
    const start = this.at + 1;
    const end = start + known.length;
    if (this.text.charCodeAt(end) !== quote || !this.text.startsWith(known, start)) return undefined;
    this.at = end + 1;
    return known;
  }

  private string(): string {
    const start = this.at;
    let end = this.text.indexOf('"', start + 1);
    if (this.escape < start) this.escape = this.find('\\', start);
    if (end < 0) this.fail('a string does not end');
    if (this.escape > end) {
      this.at = end + 1;
      const plain = this.text.slice(start + 1, end);
      if (!this.isDecoded && /[\u0000-\u001f]/.test(plain)) this.refuse(start, 'a control character');
      return plain;
    }
    this.escapes += 1;
    end = this.endOfEscaped(start);
    this.at = end + 1;
    return this.unescaped(start, end);
  }

  /** The closing quote of a string that contains a backslash. */
  private endOfEscaped(start: number): number {
    let at = start + 1;
    for (;;) {
      const code = this.text.charCodeAt(at);
      if (code === quote) return at;
      if (Number.isNaN(code)) this.fail('a string does not end');
      at += code === 0x5c ? 2 : 1;
    }
  }

  private unescaped(start: number, end: number): string {
    let value: unknown;
    try {
      value = JSON.parse(this.text.slice(start, end + 1));
    } catch {
      this.refuse(start, 'a string is malformed');
    }
    if (typeof value !== 'string' || !isWellFormed(value)) this.refuse(start, 'a string is malformed');
    return value;
  }

  private integer(): number {
    const start = this.at;
    if (this.text.charCodeAt(this.at) === 0x2d) this.at += 1;
    while (isDigit(this.text.charCodeAt(this.at))) this.at += 1;
    const written = this.text.slice(start, this.at);
    const value = Number(written);
    // a following character of a fraction or an exponent makes it another form
    if (!Number.isSafeInteger(value) || String(value) !== written || /[.eE]/.test(this.text.charAt(this.at)))
      this.refuse(start, 'a number is no integer below 2^53 in its plain form');
    return value;
  }

  private word(): boolean | null {
    for (const [word, value] of words) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.fail('a value is wanted');
  }

  /** The character code after white space, NaN at the end. */
  private next(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.at += 1;
    }
  }

  private take(code: number): boolean {
    if (this.next() !== code) return false;
    this.at += 1;
    return true;
  }

  private find(what: string, from: number): number {
    const at = this.text.indexOf(what, from);
    return at < 0 ? this.text.length : at;
  }

  private refuse(at: number, what: string): never {
    this.at = at;
    return this.fail(what);
  }

  private fail(what: string): never {
    throw new EvidenceJsonFault(what, this.at);
  }
}

const words = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;
