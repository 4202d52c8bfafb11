/**
 * Masks a page column by column and writes it as lines of JSON: the same masks and the same check as row by row. The closed object of a
 * masked row constrains each member separately and never two together. So a row is valid where each of its members is. A member value that
 * was found valid is valid again and is written the same.
 */
import { Problem } from '../../../terms/problem.ts';
import type { MaskRun, Row } from '../mask.ts';
import { isNever, type MaskNode } from './maskNode.ts';

/** A column of a page. */
export interface Cells {
  /** of at least as many rows as requested; null where nothing is stored */
  readonly values: readonly unknown[];
  /** false: a value that is not stored is an absent member */
  readonly nullable: boolean;
}

export interface MaskedLines {
  /** one JSON object a line, as JSON.stringify writes it, in UTF-8 */
  readonly bytes: Buffer;
  /** whether each row matches the output schema */
  readonly valid: boolean;
}

/** @throws Problem masked_row_invalid where a mask throws */
export type MaskColumns = (columns: ReadonlyMap<string, Cells>, length: number, run: MaskRun) => MaskedLines;

/** Whether a row that has this member alone is valid, as far as this member is concerned. */
export type CheckMember = (row: Readonly<Record<string, unknown>>) => boolean;

/** values that a column caches at a time */
const maxRemembered = 4_096;
/** values after which a column decides whether the cache is worth its cost */
const tried = 2_048;
/** of masks that read no other field */
const noRow: Row = {};

/**
 * @param checkOf compiled on first use
 * @returns undefined where a mask reads other fields: such rows are masked one by one
 */
export function compileColumns(
  all: readonly MaskNode[],
  checkOf: (node: MaskNode) => CheckMember,
): MaskColumns | undefined {
  const nodes = all.filter(({ output }) => !isNever(output));
  if (nodes.length === 0 || nodes.some(({ reads }) => reads.length > 0)) return undefined;
  const writers = nodes.map((node, at) => new MemberWriter(node, checkOf, at === 0 ? '{' : ','));
  return (columns, length, run) => {
    const written = writers.map((writer) => writer.write(columns.get(writer.name), length, run));
    return {
      bytes: linesOf(
        written.map(({ members }) => members),
        length,
      ),
      valid: written.every(({ valid }) => valid),
    };
  };
}

/** @param columns for each row, its member with the text that precedes it; an empty text where it has none */
function linesOf(columns: readonly (readonly string[])[], length: number): Buffer {
  const [first = [], ...rest] = columns;
  let text = '';
  for (let at = 0; at < length; at += 1) {
    const begun = first[at] ?? '';
    let line = begun;
    for (const members of rest) line += members[at] ?? '';
    if (begun === '') line = `{${line.slice(1)}`;
    text += line + end;
  }
  return Buffer.from(text, 'latin1');
}

const end = '}\n';

/**
 * JSON of a value as its UTF-8 bytes, one character per byte: concatenating and writing whole pages of them costs half as much as with
 * wider strings.
 */
function jsonOf(value: unknown): string {
  if (typeof value === 'string' && isPlain(value)) return `"${value}"`;
  const text = JSON.stringify(value);
  return beyondAscii.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

const beyondAscii = /[^\0-\x7f]/;
/** Length up to which checking each character costs less than a native call. */
const short = 64;

/** Whether a text is printable ASCII of which JSON escapes nothing. */
function isPlain(text: string): boolean {
  if (text.length > short) return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}

class MemberWriter {
  readonly name: string;
  private readonly node: MaskNode;
  private readonly key: string;
  private readonly checkOf: (node: MaskNode) => CheckMember;
  private check: CheckMember | undefined;
  /** members by their masked values, all valid; undefined where values hardly repeat */
  private known: Map<unknown, string> | undefined = new Map();
  private hits = 0;
  private misses = 0;
  private valid = true;

  /** object passed to the check: a new object for each value would cost more than the check */
  private readonly probe: Record<string, unknown>;

  /** @param before text that precedes the member */
  constructor(node: MaskNode, checkOf: (node: MaskNode) => CheckMember, before: string) {
    this.name = node.name;
    this.node = node;
    this.key = `${before}${jsonOf(node.name)}:`;
    this.checkOf = checkOf;
    this.probe = { [node.name]: null };
  }

  write(cells: Cells | undefined, length: number, run: MaskRun): { members: string[]; valid: boolean } {
    this.valid = true;
    const members: string[] = [];
    const { text, run: general } = this.node;
    for (let at = 0; at < length; at += 1) {
      const value = cells?.values[at];
      const stored = value === null && cells?.nullable !== true ? undefined : value;
      let masked: unknown;
      try {
        if (typeof stored === 'string' && text !== undefined)
          masked = text === null || stored === '' ? stored : text(stored, noRow, run);
        else masked = general(stored, noRow, run);
      } catch (error) {
        // the thrown error may contain a value, so it is not passed on
        throw error instanceof Problem ? error : new Problem('masked_row_invalid');
      }
      members.push(this.member(masked));
    }
    return { members, valid: this.valid };
  }

  private member(masked: unknown): string {
    const { known } = this;
    if (known === undefined || (typeof masked === 'object' && masked !== null)) return this.made(masked);
    const member = known.get(masked);
    if (member !== undefined) {
      this.hits += 1;
      return member;
    }
    const made = this.made(masked);
    if (this.valid) this.remember(known, masked, made);
    return made;
  }

  private remember(known: Map<unknown, string>, masked: unknown, made: string): void {
    this.misses += 1;
    if (this.misses > tried && this.misses > this.hits) {
      this.known = undefined;
      return;
    }
    if (known.size >= maxRemembered) known.clear();
    // cache copies of the texts, both value and result: a slice of a page would hold the page in memory
    if (typeof masked !== 'string') known.set(masked, made);
    else {
      const own = JSON.parse(JSON.stringify(masked)) as string;
      known.set(own, this.key + jsonOf(own));
    }
  }

  private made(masked: unknown): string {
    this.check ??= this.checkOf(this.node);
    if (masked === undefined) {
      if (!this.check({})) this.valid = false;
      return '';
    }
    this.probe[this.name] = masked;
    if (!this.check(this.probe)) this.valid = false;
    this.probe[this.name] = null;
    return this.key + jsonOf(masked);
  }
}
