/**
 * The part of Structured Fields (RFC 8941) that signatures need, and only in its canonical serialisation: dictionaries whose members are
 * inner lists of strings with parameters, or byte sequences. A signature base is built from the canonical text (RFC 9421 §2.5), so
 * another spelling of the same value is rejected rather than repaired. One pass over the characters, no regular expressions.
 */

/** A bare item of a parameter: string, integer or boolean. Tokens, decimals and bytes are not needed and are rejected. */
export type BareItem = string | number | boolean;

export interface Parameters {
  readonly [name: string]: BareItem;
}

export interface InnerListItem {
  readonly value: string;
  readonly parameters: Parameters;
}

/** The position where a text violates the grammar, and what was expected there. */
export class FieldSyntaxError extends Error {
  readonly position: number;
  readonly expected: string;

  constructor(position: number, expected: string) {
    super(`expected ${expected} at character ${position + 1}`);
    this.name = 'FieldSyntaxError';
    this.position = position;
    this.expected = expected;
  }
}

const code = (character: string): number => character.charCodeAt(0);
const quote = code('"');
const backslash = code('\\');
const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;
const isLower = (c: number): boolean => c >= 0x61 && c <= 0x7a;
const isKeyCharacter = (c: number): boolean =>
  isLower(c) || isDigit(c) || c === 0x5f || c === 0x2d || c === 0x2e || c === 0x2a;

/** Reads one field value from left to right. */
export class FieldReader {
  readonly text: string;
  position: number;

  constructor(text: string, position = 0) {
    this.text = text;
    this.position = position;
  }

  get ended(): boolean {
    return this.position >= this.text.length;
  }

  /** Returns true and advances when the next character is this one. */
  take(character: string): boolean {
    if (this.text.charCodeAt(this.position) !== code(character)) return false;
    this.position += 1;
    return true;
  }

  /** @throws FieldSyntaxError when the next character is another one */
  need(character: string): void {
    if (!this.take(character)) this.fail(`"${character}"`);
  }

  fail(expected: string): never {
    throw new FieldSyntaxError(this.position, expected);
  }

  /** RFC 8941 §3.1.2 key. */
  key(): string {
    const start = this.position;
    const first = this.text.charCodeAt(start);
    if (!isLower(first) && first !== 0x2a) this.fail('a key of lower-case letters');
    while (isKeyCharacter(this.text.charCodeAt(this.position))) this.position += 1;
    return this.text.slice(start, this.position);
  }

  /** RFC 8941 §3.3.3 string. */
  string(): string {
    this.need('"');
    let value = '';
    let start = this.position;
    for (;;) {
      const c = this.text.charCodeAt(this.position);
      if (c === quote) break;
      if (c === backslash) {
        const next = this.text.charCodeAt(this.position + 1);
        if (next !== quote && next !== backslash) this.fail('\\" or \\\\');
        value += this.text.slice(start, this.position);
        start = this.position + 1;
        this.position += 2;
      } else if (c >= 0x20 && c <= 0x7e) {
        this.position += 1;
      } else {
        this.fail('a closing quotation mark');
      }
    }
    value += this.text.slice(start, this.position);
    this.position += 1;
    return value;
  }

  /** RFC 8941 §3.3.1 integer in canonical form: no leading zeros, no plus, at most 15 digits. */
  integer(): number {
    const start = this.position;
    const negative = this.take('-');
    const digits = this.position;
    while (isDigit(this.text.charCodeAt(this.position))) this.position += 1;
    const length = this.position - digits;
    const leadingZero = this.text.charCodeAt(digits) === 0x30 && (length > 1 || negative);
    if (length === 0 || length > 15 || leadingZero) {
      this.position = start;
      this.fail('an integer');
    }
    return Number(this.text.slice(start, this.position));
  }

  /** RFC 8941 §3.3.5 byte sequence `:<standard base64 with padding>:`, canonical (no stray bits in the last character). */
  bytes(longest: number): Buffer {
    const start = this.position;
    this.need(':');
    const end = this.text.indexOf(':', this.position);
    if (end < 0 || end - this.position > Math.ceil(longest / 3) * 4)
      this.fail(`at most ${longest} bytes in base64 and ":"`);
    const base64 = this.text.slice(this.position, end);
    const value = Buffer.from(base64, 'base64');
    if (value.toString('base64') !== base64) {
      this.position = start;
      this.fail('canonical standard base64 with padding');
    }
    this.position = end + 1;
    return value;
  }

  /** RFC 8941 §3.1.2 parameters, each name once. */
  parameters(): Parameters {
    const found: Record<string, BareItem> = Object.create(null) as Record<string, BareItem>;
    while (this.take(';')) {
      const start = this.position;
      const name = this.key();
      if (name in found) {
        this.position = start;
        this.fail(`"${name}" only once`);
      }
      found[name] = this.take('=') ? this.bareItem() : true;
    }
    return found;
  }

  bareItem(): BareItem {
    const c = this.text.charCodeAt(this.position);
    if (c === quote) return this.string();
    if (isDigit(c) || c === 0x2d) return this.integer();
    return this.fail('a string or an integer');
  }

  /** RFC 8941 §3.1.1 inner list of strings: `("a" "b";key="c")`, one space between items. */
  innerList(longest: number): InnerListItem[] {
    this.need('(');
    const items: InnerListItem[] = [];
    if (this.take(')')) return items;
    for (;;) {
      if (items.length === longest) this.fail(`at most ${longest} items`);
      items.push({ value: this.string(), parameters: this.parameters() });
      if (this.take(')')) return items;
      this.need(' ');
    }
  }
}
