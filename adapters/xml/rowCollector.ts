/**
 * Builds one tree per record from the parser's events. An element with text alone is that text. With attributes or children it is a group:
 * `@name` for attributes, `#text` for text next to children; repeated elements are a list. xsi:nil="true" is null.
 */
import { trimmed } from '../reading/text/trimmed.ts';
import type { Cell, CellGroup } from '../reading/reader.ts';
import { elementPath, type ElementPath } from './elementPath.ts';
import { limitExceeded } from '../reading/markup/limits.ts';
import type { XmlOptions } from './options.ts';
import type { Attributes } from '../reading/markup/scope.ts';
import { asRecord, put } from './tree.ts';

/** Destination of records. */
export interface Delivered {
  readonly records: { readonly push: (record: CellGroup) => unknown };
  readonly lines: number[];
}

interface Open {
  readonly name: string;
  /** created with the first attribute or child */
  group: Record<string, Cell> | undefined;
  text: string;
  nil: boolean;
}

/** The path of the element that contains the records; for `//name` the root. */
function pathAround(rows: string): ElementPath | undefined {
  const end = rows.lastIndexOf('/');
  if (end === 0) return undefined;
  return elementPath(rows[end - 1] === '/' ? '/*' : rows.slice(0, end));
}

export class RowCollector {
  private readonly rows: ElementPath;
  private readonly carry: readonly { readonly name: string; readonly path: ElementPath }[];
  /** path around the records; undefined where they are the root */
  private readonly holder: ElementPath | undefined;
  private readonly count: ElementPath | undefined;
  private readonly lists: ReadonlySet<string>;
  private readonly mixed: ReadonlySet<string>;
  private readonly options: XmlOptions;
  private readonly carried: Record<string, Cell> = {};
  private readonly names: string[] = [];
  private depth = 0;
  /** records so far */
  delivered = 0;
  /** number of records that the document declares; undefined where it declares none */
  declared: number | undefined;
  /** an element that would contain the records contains no element */
  emptyList = false;
  /** depth of the element that began last, while it contains no other */
  private childless = 0;
  /** open elements of the record that is being read; empty outside of records */
  private readonly open: Open[] = [];
  private mixedText: string | undefined;
  private mixedDepth = 0;
  private carriedText: string | undefined;
  private line = 0;
  private size = 0;

  constructor(options: XmlOptions) {
    this.options = options;
    this.rows = elementPath(options.rows);
    this.carry = Object.entries(options.carry ?? {}).map(([name, path]) => ({
      name,
      path: elementPath(path),
    }));
    this.holder = pathAround(options.rows);
    this.count = options.count === undefined ? undefined : elementPath(options.count);
    this.lists = new Set(options.lists);
    this.mixed = new Set(options.mixed);
  }

  /** @param line returns the line where the start tag begins @throws Problem file_line_over_limit */
  start(name: string, attributes: Attributes, line: () => number): void {
    this.names[this.depth] = name;
    this.depth += 1;
    if (this.depth > this.options.maxDepth) throw limitExceeded(line(), 'maxDepth', this.options.maxDepth);
    if (attributes.length > this.options.maxAttributes)
      throw limitExceeded(line(), 'maxAttributes', this.options.maxAttributes);
    this.childless = this.depth;
    if (this.open.length === 0) {
      this.keepCarried(attributes);
      if (!this.rows.matches(this.names, this.depth)) return;
      this.line = line();
      this.size = 0;
    }
    if (this.mixedText !== undefined) return;
    const element: Open = { name, group: undefined, text: '', nil: false };
    for (const [attribute, value] of attributes) {
      this.grow(attribute.length + value.length);
      if (attribute === 'nil' && (value === 'true' || value === '1')) element.nil = true;
      else (element.group ??= {})[`@${attribute}`] = value;
    }
    this.open.push(element);
    if (this.mixed.has(name)) {
      this.mixedText = '';
      this.mixedDepth = this.depth;
    }
  }

  /** An element without attributes and children. @throws Problem file_line_over_limit */
  leaf(name: string, text: string, line: () => number, batch: Delivered): void {
    const parent = this.open[this.open.length - 1];
    const simple = parent !== undefined && this.mixedText === undefined && !this.mixed.has(name);
    if (simple && this.depth < this.options.maxDepth) {
      this.grow(text.length);
      this.put((parent.group ??= {}), name, this.options.trim ? trimmed(text) : text);
      return;
    }
    this.start(name, [], line);
    this.text(text);
    this.end(batch);
  }

  text(text: string): void {
    if (this.mixedText !== undefined) {
      this.grow(text.length);
      this.mixedText += text;
      return;
    }
    const element = this.open[this.open.length - 1];
    if (element !== undefined) {
      this.grow(text.length);
      element.text = element.text === '' ? text : element.text + text;
    } else if (this.carriedText !== undefined) this.carriedText += text;
  }

  end(batch: Delivered): void {
    const depth = this.depth;
    if (this.open.length === 0) {
      if (this.carriedText !== undefined) this.finishCarried();
      if (this.childless === depth && this.holder?.matches(this.names, depth) === true) this.emptyList = true;
      this.childless = 0;
      this.depth -= 1;
      return;
    }
    this.depth -= 1;
    if (this.mixedText !== undefined) {
      if (depth > this.mixedDepth) return;
      const element = this.open[this.open.length - 1];
      if (element !== undefined) element.text = this.mixedText;
      this.mixedText = undefined;
    }
    const element = this.open.pop();
    if (element === undefined) return;
    const value = this.valueOf(element);
    const parent = this.open[this.open.length - 1];
    if (parent === undefined) this.deliver(batch, element, value);
    else this.put((parent.group ??= {}), element.name, value);
  }

  private valueOf(element: Open): Cell {
    const text = this.options.trim ? trimmed(element.text) : element.text;
    if (element.group === undefined) return element.nil ? null : text;
    if (text.trim() !== '') element.group['#text'] = text;
    return element.group;
  }

  private put(group: Record<string, Cell>, name: string, value: Cell): void {
    put(group, name, value, this.lists.size > 0 && this.lists.has(name));
  }

  private deliver(batch: Delivered, element: Open, value: Cell): void {
    batch.records.push(asRecord(element.name, value, this.carriedValues()));
    batch.lines.push(this.line);
    this.delivered += 1;
  }

  /** The values that are added to each record at present. */
  readonly carriedValues = (): CellGroup | undefined =>
    this.carry.length === 0 ? undefined : { ...this.carried };

  /** Whether neither a record nor a carried value is open. */
  get between(): boolean {
    return this.open.length === 0 && this.carriedText === undefined;
  }

  /** Names of the open elements. */
  around(): readonly string[] {
    return this.names.slice(0, this.depth);
  }

  private keepCarried(attributes: Attributes): void {
    for (const { name, path } of this.carry) {
      if (!path.matches(this.names, this.depth)) continue;
      if (path.attribute === undefined) this.carriedText = '';
      else this.carried[name] = attributes.find(([attribute]) => attribute === path.attribute)?.[1] ?? null;
    }
    const { count } = this;
    if (count?.matches(this.names, this.depth) !== true) return;
    if (count.attribute === undefined) this.carriedText = '';
    else this.addDeclared(attributes.find(([attribute]) => attribute === count.attribute)?.[1]);
  }

  /** Sums the counts of several lists, each with its own count. */
  private addDeclared(written: string | undefined): void {
    if (/^\s*\d{1,15}\s*$/.test(written ?? '')) this.declared = (this.declared ?? 0) + Number(written);
  }

  private finishCarried(): void {
    for (const { name, path } of this.carry) {
      if (path.attribute === undefined && path.matches(this.names, this.depth))
        this.carried[name] = this.carriedText?.trim();
    }
    if (this.count?.attribute === undefined && this.count?.matches(this.names, this.depth) === true)
      this.addDeclared(this.carriedText);
    this.carriedText = undefined;
  }

  private grow(chars: number): void {
    this.size += chars;
    if (this.size > this.options.maxRecordChars)
      throw limitExceeded(this.line, 'maxRecordChars', this.options.maxRecordChars);
  }
}
