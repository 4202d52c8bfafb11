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
  /** one JSON object a line, as JSON.stringify writes it */
  readonly text: string;
  /** whether each row matches the output schema */
  readonly valid: boolean;
}

/** @throws Problem masked_row_invalid where a mask throws */
export type MaskColumns = (columns: ReadonlyMap<string, Cells>, length: number, run: MaskRun) => MaskedLines;

/** Whether a row that has this member alone is valid, as far as it says. */
export type CheckMember = (row: Readonly<Record<string, unknown>>) => boolean;

/** values that a column remembers at a time */
const mostRemembered = 4_096;
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
  const writers = nodes.map((node) => new MemberWriter(node, checkOf));
  return (columns, length, run) => {
    const written = writers.map((writer) => writer.write(columns.get(writer.name), length, run));
    return {
      text: linesOf(
        written.map(({ members }) => members),
        length,
      ),
      valid: written.every(({ valid }) => valid),
    };
  };
}

/** @param columns of each row its member with a comma before it; nothing where it has none */
function linesOf(columns: readonly (readonly string[])[], length: number): string {
  let text = '';
  for (let at = 0; at < length; at += 1) {
    let line = '';
    for (const members of columns) line += members[at] ?? '';
    text += line === '' ? '{}\n' : `{${line.slice(1)}}\n`;
  }
  return text;
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

  constructor(node: MaskNode, checkOf: (node: MaskNode) => CheckMember) {
    this.name = node.name;
    this.node = node;
    this.key = `,${JSON.stringify(node.name)}:`;
    this.checkOf = checkOf;
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
    if (known.size >= mostRemembered) known.clear();
    // a text of its own: one that is part of a page would keep the page
    known.set(typeof masked === 'string' ? JSON.parse(JSON.stringify(masked)) : masked, made);
  }

  private made(masked: unknown): string {
    const absent = masked === undefined;
    this.check ??= this.checkOf(this.node);
    if (!this.check(absent ? {} : { [this.name]: masked })) this.valid = false;
    return absent ? '' : this.key + JSON.stringify(masked);
  }
}
