/** The shapes of the records that were read, used to recognise the next ones. Records that match no shape add new shapes. */
import type { CellGroup } from '../../reading/reader.ts';
import { elementPath, type ElementPath } from '../elementPath.ts';
import { merged } from './mergeShapes.ts';
import type { XmlOptions } from '../options.ts';
import type { Scope } from '../../reading/markup/scope.ts';
import type { Shape } from './shape.ts';
import { shapeOf } from './shapeOf.ts';
import { ShapedText, type XmlBatch } from './shapedRecords.ts';
import { compileShape, type CompiledShape } from './shapePattern.ts';

interface Known {
  readonly shape: Shape;
  readonly compiled: CompiledShape;
  /** where such records occur: names of the surrounding elements, and the meaning of prefixes there */
  readonly around: readonly string[];
  readonly scope: Scope;
}

const maxShapes = 8;
const maxLessons = 64;
const maxWait = 1_024;
/** Maximum length in characters of a recognised record: repeatable parts make a pattern store its backtracking state. */
const longest = 65_536;
const less = 60;
const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 9;

export class KnownShapes {
  private readonly known: Known[] = [];
  private readonly options: XmlOptions;
  private readonly lists: ReadonlySet<string>;
  private readonly mixed: ReadonlySet<string>;
  private readonly carry: readonly ElementPath[];
  private readonly longest: number;
  private lessons = 0;
  /** records to skip before the next shape is learned: the first one of a file may be the only one */
  private wait = 1;
  private waitNext = 1;

  constructor(options: XmlOptions) {
    this.options = options;
    this.lists = new Set(options.lists);
    this.mixed = new Set(options.mixed);
    const { carry = {}, count } = options;
    this.carry = [...Object.values(carry), ...(count === undefined ? [] : [count])].map(elementPath);
    this.longest = Math.min(longest, options.maxTextChars, options.maxRecordChars);
  }

  get any(): boolean {
    return this.known.length > 0;
  }

  /**
   * Reads records while they have known shapes.
   * @param around names of the open elements
   * @param lineAt line of a place in the text
   * @returns where it stopped
   */
  read(
    text: string,
    at: number,
    around: readonly string[],
    scope: Scope,
    carried: () => CellGroup | undefined,
    batch: XmlBatch,
    lineAt: (offset: number) => number,
  ): number {
    let from = at;
    for (let i = 0; i < this.known.length; i += 1) {
      const one = this.known[i];
      if (one === undefined || one.scope !== scope || !sameNames(one.around, around)) continue;
      const before = from;
      from = this.readShape(text, from, one.compiled, carried, batch, lineAt);
      if (from === before) continue;
      if (i > 0) this.known.unshift(...this.known.splice(i, 1));
      if (text.charCodeAt(from) !== less) break;
      i = -1;
    }
    // white space without a following tag may be part of an unfinished text
    if (text.charCodeAt(from) !== less) while (from > at && isSpace(text.charCodeAt(from - 1))) from -= 1;
    return from;
  }

  private readShape(
    text: string,
    at: number,
    compiled: CompiledShape,
    carried: () => CellGroup | undefined,
    batch: XmlBatch,
    lineAt: (offset: number) => number,
  ): number {
    const { recognise } = compiled;
    const { records, lines } = batch;
    let from = at;
    let shaped: ShapedText | undefined;
    recognise.lastIndex = at;
    while (matches(recognise, text)) {
      const next = recognise.lastIndex;
      if (next - from > this.longest) break;
      shaped ??= new ShapedText(text, compiled, this.options.trim, carried());
      records.pushPlace(shaped, from);
      lines.push(lineAt(from));
      from = next;
    }
    return from;
  }

  /** Learns from a record that was parsed generally, of no known shape. @param at where it begins */
  learn(text: string, at: number, around: readonly string[], scope: Scope): void {
    if (this.wait > 0) {
      this.wait -= 1;
      return;
    }
    if (this.lessons >= maxLessons) return;
    const shape = shapeOf(text, at, scope, this.mixed);
    const learnt = shape !== undefined && this.keep({ shape, around, scope });
    this.waitNext = learnt ? 1 : Math.min(maxWait, 2 * this.waitNext);
    this.wait = learnt ? 0 : this.waitNext;
  }

  private keep({ shape, around, scope }: Omit<Known, 'compiled'>): boolean {
    for (const [i, one] of this.known.entries()) {
      if (one.scope !== scope || !sameNames(one.around, around)) continue;
      const both = merged(one.shape, shape);
      if (both === undefined || this.tooWide(both)) continue;
      const compiled = compileShape(both, this.lists);
      if (compiled.recognise.source === one.compiled.recognise.source) return false;
      this.lessons += 1;
      this.known[i] = { shape: both, compiled, around, scope };
      return true;
    }
    const path = [...around, shape.name];
    if (this.tooWide(shape) || this.carry.some(({ matches }) => matches(path, path.length))) return false;
    this.lessons += 1;
    this.known.unshift({ shape, compiled: compileShape(shape, this.lists), around, scope });
    this.known.length = Math.min(this.known.length, maxShapes);
    return true;
  }

  /** Whether merged records have too many attributes for one shape. */
  private tooWide(shape: Shape): boolean {
    const counted = shape.attributes.filter(({ fixed }) => fixed === undefined).length;
    return counted > this.options.maxAttributes || shape.children.some((child) => this.tooWide(child));
  }
}

/** Whether the text continues with such a record; one that is too long for the engine's memory is parsed generally. */
function matches(recognise: RegExp, text: string): boolean {
  try {
    return recognise.test(text);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i]);
