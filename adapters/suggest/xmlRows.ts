/** Guesses which elements of an XML document are its records: those that occur many times as siblings and contain more than text. */
import { Problem } from '../../terms/problem.ts';
import { streamText } from '../reading/text/streamText.ts';
import type { Bytes } from '../reading/reader.ts';
import type { Listener } from '../reading/markup/listener.ts';
import { LocalNames, type Attributes } from '../reading/markup/scope.ts';
import { Tokenizer } from '../reading/markup/tokenizer.ts';
import { xmlEncoding } from '../reading/markup/xmlEncoding.ts';
import { guess, type Guess } from './guess.ts';

interface Seen {
  readonly depth: number;
  count: number;
  /** those that contain elements or attributes */
  nested: number;
}

/** @param sample the beginning of a document: it may end anywhere */
export async function rowsGuess(sample: Bytes): Promise<Guess<string>> {
  const paths = new ElementPaths();
  const tokenizer = new Tokenizer(paths, new LocalNames(), 16_777_216);
  try {
    for await (const text of streamText(sample, (start) => xmlEncoding(start, 'auto'))) tokenizer.feed(text);
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // the part read so far is sufficient
  }
  return paths.rows();
}

class ElementPaths implements Listener {
  private readonly seen = new Map<string, Seen>();
  private readonly open: string[] = [];

  start(name: string, attributes: Attributes): void {
    this.add(name, attributes.length > 0);
    this.open.push(`${this.open.at(-1) ?? ''}/${name}`);
  }

  leaf(name: string): void {
    this.add(name, false);
  }

  end(): void {
    this.open.pop();
  }

  readonly text = (): void => undefined;
  readonly readAhead = (_text: string, at: number): number => at;

  private add(name: string, attributes: boolean): void {
    const parent = this.open.at(-1) ?? '';
    const around = this.seen.get(parent);
    if (around !== undefined) around.nested += 1;
    const path = `${parent}/${name}`;
    const one = this.seen.get(path) ?? { depth: this.open.length, count: 0, nested: 0 };
    one.count += 1;
    if (attributes) one.nested += 1;
    this.seen.set(path, one);
  }

  /** The outermost path that occurs often; a path that occurs once a document is no row. */
  rows(): Guess<string> {
    const often = [...this.seen].filter(([, { count, nested }]) => count > 1 && nested >= count);
    const [best] = often.sort((a, b) => a[1].depth - b[1].depth || b[1].count - a[1].count);
    if (best === undefined)
      return guess(
        '/*',
        0.6,
        '没有重复的元素：整个文档为一条记录',
        'no element repeats: the document is one record',
      );
    const [path, { count, depth }] = best;
    const rivals = often.filter(([other, seen]) => other !== path && seen.depth === depth && seen.count > 1);
    return guess(
      path,
      count > 4 && depth < 5 && rivals.length === 0 ? 0.9 : 0.6,
      `${path} 出现 ${count} 次`,
      `${path} stands ${count} times`,
    );
  }
}
