/** Decides what PostgreSQL can store unchanged. */
import type { Layout, Column } from './layout.ts';
import { CopyTuples, lengthBytes } from './copyTuples.ts';

/** NUL makes a whole load fail; a lone surrogate would be replaced. */
export function isStorable(value: unknown): boolean {
  return typeof value !== 'string' || (!value.includes('\0') && value.isWellFormed());
}

/** Maximum of bytes of a key that PostgreSQL always indexes: a third of a page, less headers and numbers. */
const maxKeyBytes = 2_400;

/**
 * Whether the key of a row can be indexed; one that cannot would make the whole load fail.
 * @param names fields of a row's values, in their order
 */
export function keyFits(layout: Layout, names: readonly string[]): (values: readonly unknown[]) => boolean {
  const places = layout.key.filter(({ kind }) => kind === 'text').map(({ field }) => names.indexOf(field));
  const texts = (values: readonly unknown[]): string[] =>
    places.map((place) => values[place]).filter((value) => typeof value === 'string');
  return (values) => {
    let maxBytes = 0;
    for (const place of places) {
      const value = values[place];
      if (typeof value === 'string') maxBytes += value.length * 3;
    }
    if (maxBytes <= maxKeyBytes) return true;
    return texts(values).reduce((sum, text) => sum + Buffer.byteLength(text), 0) <= maxKeyBytes;
  };
}

/** Why stored rows cannot be read under another schema version without change: the field, and the obstacle. */
interface Unfit {
  readonly field: string;
  readonly code: 'column_retyped' | 'column_required' | 'key_changed' | 'subject_changed';
}

/**
 * Whether rows stored under one version can be read under another one.
 * @param required fields without which a record is not valid under the other version
 * @returns columns to be added, empty in every row; or the obstacle
 */
export function widening(
  from: Layout,
  to: Layout,
  required: ReadonlySet<string>,
): { readonly added: readonly Column[]; readonly unfit: readonly Unfit[] } {
  const added = to.columns.filter(({ field }) => !from.byField.has(field));
  const retyped = to.columns.filter((column) => {
    const before = from.byField.get(column.field);
    return before !== undefined && (before.kind !== column.kind || before.decimal !== column.decimal);
  });
  const names = ({ key }: Layout): string => key.map(({ field }) => field).join(' ');
  const unfit: Unfit[] = [
    ...retyped.map(({ field }) => ({ field, code: 'column_retyped' as const })),
    ...added
      .filter(({ field }) => required.has(field))
      .map(({ field }) => ({ field, code: 'column_required' as const })),
    ...(names(from) === names(to) ? [] : [{ field: names(to), code: 'key_changed' as const }]),
    ...(from.subject?.field === to.subject?.field
      ? []
      : [{ field: to.subject?.field ?? '', code: 'subject_changed' as const }]),
  ];
  return { added, unfit };
}

/** A cell in its written form, one character per byte; undefined for a field that is absent or null. */
type CopyCell = string | undefined;

/**
 * Cells of some columns of the tuples that CopyTuples writes, in their written form: two cells are equal where their values are. They
 * serve comparison only.
 */
export class CopyCells {
  private readonly layout: Layout;
  private readonly fields: readonly string[];
  /** positions of the columns, ascending */
  private readonly places: readonly number[];

  /** @param fields of the layout */
  constructor(layout: Layout, fields: readonly string[]) {
    this.layout = layout;
    this.places = layout.columns.flatMap(({ field }, place) => (fields.includes(field) ? place : []));
    this.fields = this.places.map((place) => layout.columns[place]?.field ?? '');
  }

  /** Iterates over tuples. @param reported called with the cells of each, in the order of the layout, and the tuple's number */
  each(tuples: Uint8Array, reported: (cells: readonly CopyCell[], nth: number) => void): void {
    const bytes = Buffer.from(tuples.buffer, tuples.byteOffset, tuples.length);
    let at = 0;
    for (let nth = 0; at < bytes.length; nth += 1) {
      const cells: CopyCell[] = [];
      const count = bytes.readInt16BE(at);
      at += 2;
      for (let place = 0; place < count; place += 1) {
        const length = bytes.readInt32BE(at);
        at += lengthBytes;
        const end = at + Math.max(0, length);
        if (place === this.places[cells.length])
          cells.push(length < 0 ? undefined : bytes.toString('latin1', at, end));
        at = end;
      }
      reported(cells, nth);
    }
  }

  /** Cells as a tuple with these values would contain them; undefined where a tuple cannot hold them. */
  of(values: Readonly<Record<string, unknown>>): readonly CopyCell[] | undefined {
    const tuples = new CopyTuples(this.layout, this.fields);
    const given = this.fields.map((field) => values[field]);
    if (!tuples.add(given, 0, undefined)) return undefined;
    let found: readonly CopyCell[] | undefined;
    this.each(tuples.added.subarray(0, tuples.size), (cells) => {
      found = cells;
    });
    return found;
  }
}
