/** Resolves the cells that a mapping names, after a file's header is known. */
import { Problem } from '../../terms/problem.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import { hl7Getter } from '../hl7/path.ts';
import { oneOf, type Cell, type CellGroup, type RawRecord } from '../reading/reader.ts';
import { columnsShown } from '../reading/text/columnsShown.ts';
import { visibleText } from '../reading/text/textSigns.ts';
import type { From } from './document.ts';

export interface BoundCell {
  readonly get: (record: RawRecord) => Cell;
  /** of a table's column, from 0; undefined in nested formats */
  readonly index: number | undefined;
  /** column number from 1; 0 in nested formats */
  readonly column: number;
  /** column name as written in the file, or the path */
  readonly header: string;
}

/** Source of cells: the columns of a table, or a tree. */
export type Layout =
  { readonly kind: 'table'; readonly columns: readonly string[] } | { readonly kind: 'tree' };

/** Doubts that matter only where a cell is read as a text. */
const textRules: ReadonlySet<string> = new Set(['xlsx.date-part']);

/** Use of a cell. */
export interface CellUse {
  /** as a text that may differ from the written one, not as a date */
  readonly asText: boolean;
  /** invisible characters are removed */
  readonly dropsInvisible?: boolean;
}

/** Whether a doubt matters to a field that reads a cell in this way. */
const minds = ({ asText, dropsInvisible = false }: CellUse, rule: string): boolean =>
  (asText || !textRules.has(rule)) && !(dropsInvisible && rule === 'text.invisible');

/** Collects everything that a mapping needs and a file lacks, so that one error names all of it. */
export class CellBinder {
  private readonly layout: Layout;
  private readonly missing = new Set<string>();
  private readonly doubled = new Set<string>();
  private readonly places: (Pick<BoundCell, 'column' | 'header'> & CellUse)[] = [];

  constructor(layout: Layout) {
    this.layout = layout;
  }

  /** whether records are trees, of formats that remove no marks of spreadsheets */
  get isTree(): boolean {
    return this.layout.kind === 'tree';
  }

  bind(from: From, use: CellUse = { asText: true }): BoundCell {
    const cell = this.cell(from);
    this.places.push({ column: cell.column, header: cell.header, ...use });
    return cell;
  }

  /** Whether a report about a column, a path or a whole record concerns a cell that is read. */
  reads({ column, header, rule }: Pick<RowProblem, 'column' | 'header' | 'rule'>): boolean {
    if (this.layout.kind === 'table')
      return column === 0 || this.places.some((one) => one.column === column && minds(one, rule));
    const reported = plainPath(header);
    return this.places.some((one) => {
      const read = plainPath(one.header);
      // a part of the read value, or a whole of which a part is read
      return (reported.startsWith(read) || read.startsWith(reported)) && minds(one, rule);
    });
  }

  private cell(from: From): BoundCell {
    if (this.layout.kind === 'tree') {
      const path = String(from);
      return { get: hl7Getter(path) ?? pathGetter(path), index: undefined, column: 0, header: path };
    }
    const { columns } = this.layout;
    const index = typeof from === 'number' ? from - 1 : this.indexOf(from, columns);
    if (index >= columns.length) this.missing.add(String(from));
    return {
      get: (record) => (record as readonly Cell[])[index],
      index,
      column: index + 1,
      header: columns[index] ?? String(from),
    };
  }

  /** @throws Problem mapping_column_missing, mapping_column_doubled */
  finish(): void {
    if (this.missing.size > 0) {
      const found = this.layout.kind === 'table' ? columnsShown(this.layout.columns) : '';
      throw new Problem('mapping_column_missing', { columns: [...this.missing].join(', '), found });
    }
    if (this.doubled.size > 0)
      throw new Problem('mapping_column_doubled', { columns: [...this.doubled].join(', ') });
  }

  /** By the exact name, otherwise by the name without white space and at half width. */
  private indexOf(name: string, columns: readonly string[]): number {
    const exact = columns.indexOf(name);
    if (exact >= 0) {
      if (columns.includes(name, exact + 1)) this.doubled.add(name);
      return exact;
    }
    const wanted = plainName(name);
    const index = columns.findIndex((column) => plainName(column) === wanted);
    if (index < 0) this.missing.add(name);
    return index;
  }
}

/** Names in the form for comparison: no white space, no invisible characters, half width. */
const plainName = (name: string): string => visibleText(name).normalize('NFKC').replaceAll(/\s/g, '');

/** A path without the indexes of list items. */
const plainPath = (path: string): string => path.replaceAll(/\[\d+\]|\/\d+(?=\/|$)/g, '');

function pathGetter(path: string): (record: RawRecord) => Cell {
  const names = path.split('/');
  const [first = ''] = names;
  if (names.length === 1) return (record) => (record as CellGroup)[first];
  return (record) => followed((record as CellGroup)[first], names, 1);
}

/** A path that continues in a list without a number covers all its items: the result is a list where there are several values. */
function followed(start: Cell, names: readonly string[], from: number): Cell {
  let value = start;
  for (let i = from; i < names.length; i += 1) {
    if (typeof value !== 'object' || value === null) return undefined;
    const name = names[i] ?? '';
    if (Array.isArray(value) && !/^\d+$/.test(name))
      return oneOf((value as readonly Cell[]).map((item) => followed(item, names, i)));
    value = (value as CellGroup)[name];
  }
  return value;
}
