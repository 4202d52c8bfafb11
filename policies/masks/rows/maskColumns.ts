/**
 * A page masked column by column and written as lines of JSON: the same masks and the same check as row by row. The closed object of a
 * masked row says of each member what it must be and of no two of them together, so a row is valid where each of its members is; and a value
 * of a member that was found valid is valid again, and written the same.
 */
import { Problem } from '../../../terms/problem.ts';
import type { MaskRun, Row } from '../mask.ts';
import { isNever, type MaskNode } from './maskNode.ts';

/** A column of a page. */
export interface Cells {
  /** of at least as many rows as are wanted; null where nothing is stored */
  readonly values: readonly unknown[];
  /** false: what is not stored is a member that is not there */
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

/** Whether a row that has this member alone is valid, as far as it says. */
export type CheckMember = (row: Readonly<Record<string, unknown>>) => boolean;

/** values that a column remembers at a time */
const maxRemembered = 4_096;
/** values in which a column finds out whether remembering them is worth its while */
const tried = 2_048;
/** of masks that read no other field */
const noRow: Row = {};

/**
 * @param checkOf compiled when it is first asked for
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

/** @param columns of each row its member with what stands before it; nothing where it has none */
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

/** JSON of a value as its bytes in UTF-8, a character each: whole pages of them are put together and written for half of what wider ones cost. */
function jsonOf(value: unknown): string {
  if (typeof value === 'string' && isPlain(value)) return `"${value}"`;
  const text = JSON.stringify(value);
  return beyondAscii.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

const beyondAscii = /[^\0-\x7f]/;
/** Characters up to which looking at each of them costs less than a call out of the language. */
const short = 64;

/** Printable ASCII of which JSON escapes nothing. */
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
  /** members by their masked values, which were valid; undefined where hardly any comes again */
  private known: Map<unknown, string> | undefined = new Map();
  private hits = 0;
  private misses = 0;
  private valid = true;

  /** what is checked: an object of its own for each value would cost more than the check */
  private readonly probe: Record<string, unknown>;

  /** @param before what stands before the member */
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
        // what it threw may hold a value, so it goes no further
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
    // texts of their own, the value's and what was made of it: one that is part of a page would keep the page
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
