/**
 * Patterns of the profile: the part of ECMAScript's syntax (flag u) that RE2 shares. No look-around, no back-references, no named groups,
 * no word boundaries: the rest is regular, so it can be measured, proven safe and sampled.
 */
export interface CharacterSet {
  readonly kind: 'set';
  /** inclusive code point ranges */
  readonly ranges: readonly (readonly [number, number])[];
  /** Unicode properties inside it, as source text: `\p{Script=Han}` */
  readonly properties: readonly string[];
  readonly negated: boolean;
}

export type PatternNode =
  | CharacterSet
  | { readonly kind: 'cat'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'alt'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly node: PatternNode; readonly min: number; readonly max: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

/** Thrown inside this file only: the syntax is outside the profile. */
class Unsupported extends Error {}

/** The syntax tree of a pattern; undefined where the profile does not have its syntax. */
export function parsePattern(source: string): PatternNode | undefined {
  try {
    new RegExp(source, 'u');
    const reader = new Reader(source);
    const node = reader.alternation();
    return reader.done ? node : undefined;
  } catch (error) {
    if (error instanceof Unsupported || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const anyCharacter: CharacterSet = {
  kind: 'set',
  ranges: [
    [10, 10],
    [13, 13],
    [0x2028, 0x2029],
  ],
  properties: [],
  negated: true,
};
const digits: readonly [number, number][] = [[48, 57]];
const word: readonly [number, number][] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const space: readonly [number, number][] = [
  [9, 13],
  [32, 32],
  [160, 160],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

class Reader {
  private readonly points: readonly string[];
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    this.points = [...source];
  }

  get done(): boolean {
    return this.at >= this.points.length;
  }

  alternation(): PatternNode {
    this.depth += 1;
    if (this.depth > 20) throw new Unsupported();
    const options = [this.concatenation()];
    while (this.take('|')) options.push(this.concatenation());
    this.depth -= 1;
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'alt', options };
  }

  private concatenation(): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.done && this.peek() !== '|' && this.peek() !== ')') parts.push(this.quantified());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'cat', parts };
  }

  private quantified(): PatternNode {
    const node = this.atom();
    const range = this.quantifier();
    if (range === undefined) return node;
    if (node.kind === 'start' || node.kind === 'end') throw new Unsupported();
    this.take('?'); // lazy: the same language
    return { kind: 'repeat', node, min: range[0], max: range[1] };
  }

  private quantifier(): readonly [number, number] | undefined {
    if (this.take('*')) return [0, Infinity];
    if (this.take('+')) return [1, Infinity];
    if (this.take('?')) return [0, 1];
    if (this.peek() !== '{') return undefined;
    const close = this.points.indexOf('}', this.at);
    const match = /^\{(\d{1,4})(,(\d{0,4}))?\}$/.exec(this.points.slice(this.at, close + 1).join(''));
    if (match === null) throw new Unsupported();
    this.at = close + 1;
    const [, min = '', comma, max] = match;
    return [Number(min), comma === undefined ? Number(min) : max === '' ? Infinity : Number(max)];
  }

  private atom(): PatternNode {
    const point = this.next();
    switch (point) {
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '.':
        return anyCharacter;
      case '[':
        return this.class();
      case '\\':
        return this.escape();
      case '(': {
        if (this.take('?') && !this.take(':')) throw new Unsupported();
        const node = this.alternation();
        if (!this.take(')')) throw new Unsupported();
        return node;
      }
      default:
        return single(point.codePointAt(0) ?? 0);
    }
  }

  private class(): CharacterSet {
    const negated = this.take('^');
    const ranges: (readonly [number, number])[] = [];
    const properties: string[] = [];
    while (!this.take(']')) {
      const first = this.classAtom();
      ranges.push(...first.ranges);
      properties.push(...first.properties);
      if (this.peek() !== '-' || this.points[this.at + 1] === ']') continue;
      this.at += 1;
      const last = this.classAtom();
      const low = first.ranges[0]?.[0];
      const high = last.ranges[0]?.[1];
      if (low === undefined || high === undefined) throw new Unsupported();
      ranges.push([low, high]);
    }
    return { kind: 'set', ranges, properties, negated };
  }

  private classAtom(): CharacterSet {
    const point = this.next();
    if (point !== '\\') return single(point.codePointAt(0) ?? 0);
    const escaped = this.escape();
    if (escaped.negated) throw new Unsupported();
    return escaped;
  }

  private escape(): CharacterSet {
    const point = this.next();
    const control = controls[point];
    if (control !== undefined) return single(control);
    switch (point) {
      case 'd':
      case 'D':
        return { kind: 'set', ranges: digits, properties: [], negated: point === 'D' };
      case 'w':
      case 'W':
        return { kind: 'set', ranges: word, properties: [], negated: point === 'W' };
      case 's':
      case 'S':
        return { kind: 'set', ranges: space, properties: [], negated: point === 'S' };
      case 'p':
      case 'P':
        return { kind: 'set', ranges: [], properties: [`\\p${this.braced()}`], negated: point === 'P' };
      case 'x':
        return single(this.hex(2));
      case 'u':
        if (this.peek() === '{') return single(Number.parseInt(this.braced().slice(1, -1), 16));
        return this.unit();
      default:
        if (/[a-zA-Z0-9]/.test(point)) throw new Unsupported();
        return single(point.codePointAt(0) ?? 0);
    }
  }

  /** `\uD83D\uDE00` is one code point under flag u. */
  private unit(): CharacterSet {
    const high = this.hex(4);
    const rest = this.points.slice(this.at, this.at + 6).join('');
    if (high < 0xd800 || high > 0xdbff || !/^\\u[dD][c-fC-F]/.test(rest)) return single(high);
    this.at += 2;
    return single(0x10000 + ((high - 0xd800) << 10) + (this.hex(4) - 0xdc00));
  }

  private braced(): string {
    const close = this.points.indexOf('}', this.at);
    if (this.peek() !== '{' || close < 0) throw new Unsupported();
    const text = this.points.slice(this.at, close + 1).join('');
    this.at = close + 1;
    return text;
  }

  private hex(length: number): number {
    const text = this.points.slice(this.at, this.at + length).join('');
    this.at += length;
    return Number.parseInt(text, 16);
  }

  private peek(): string | undefined {
    return this.points[this.at];
  }

  private next(): string {
    const point = this.points[this.at];
    if (point === undefined) throw new Unsupported();
    this.at += 1;
    return point;
  }

  private take(point: string): boolean {
    if (this.points[this.at] !== point) return false;
    this.at += 1;
    return true;
  }
}

function single(point: number): CharacterSet {
  return { kind: 'set', ranges: [[point, point]], properties: [], negated: false };
}
