/** Reads the elements of a small part of a workbook, all at once. */
import { asIs } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import type { Listener } from '../reading/markup/listener.ts';
import { LocalNames, type Attributes } from '../reading/markup/scope.ts';
import { Tokenizer } from '../reading/markup/tokenizer.ts';
import { smallEntry, type ZipEntry } from './zipGuard.ts';

export interface PartElement {
  /** local name, like those of the attributes */
  readonly name: string;
  /** name of the element that contains it, '' for the outermost */
  readonly parent: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const maxBytes = 16 * 1024 * 1024;

/** In the order of the part. @throws Problem xlsx_damaged */
export function elementsOf(entry: ZipEntry): PartElement[] {
  const elements: PartElement[] = [];
  const open: string[] = [];
  const addElement = (name: string, attributes: Attributes): void =>
    void elements.push({ name, parent: open.at(-1) ?? '', attributes: new Map(attributes) });
  const listener: Listener = {
    start: (name, attributes) => {
      addElement(name, attributes);
      open.push(name);
    },
    text: () => undefined,
    end: () => void open.pop(),
    leaf: (name) => addElement(name, []),
    readAhead: (_text, at) => at,
  };
  const tokenizer = new Tokenizer(listener, new LocalNames(), maxBytes);
  try {
    tokenizer.feed(smallEntry(entry, maxBytes));
    tokenizer.close();
  } catch (error) {
    if (error instanceof Problem && error.code === 'xlsx_damaged') throw error;
    throw new Problem('xlsx_damaged', { what: asIs(entry.name.slice(0, 60)) });
  }
  return elements;
}
