/** Converts COPY tuples to one PostgreSQL array per column, in the binary form of parameters: nothing is escaped or parsed again. */
import { lengthBytes } from './copyTuples.ts';
import type { ColumnKind, Layout } from './layout.ts';

/** Object identifiers of the element types, and the array types that a statement casts to. */
const kinds: Readonly<Record<ColumnKind | 'bytes', { readonly oid: number; readonly array: string }>> = {
  text: { oid: 25, array: 'text[]' },
  integer: { oid: 20, array: 'bigint[]' },
  number: { oid: 701, array: 'double precision[]' },
  boolean: { oid: 16, array: 'boolean[]' },
  json: { oid: 114, array: 'json[]' },
  bytes: { oid: 17, array: 'bytea[]' },
};

/** dimensions, NULL flag, element type, length, lower bound */
const headBytes = 20;

const kindsOf = ({ columns }: Layout): readonly (ColumnKind | 'bytes')[] => [
  ...columns.map(({ kind }) => kind),
  'integer',
  'bytes',
];

/** The array types, in the order of `columnArrays`. */
export const arrayTypes = (layout: Layout): readonly string[] =>
  kindsOf(layout).map((kind) => kinds[kind].array);

export interface ColumnArrays {
  readonly arrays: readonly Buffer[];
  /** NULLs of each column */
  readonly nulls: readonly number[];
}

/** @param tuples in the format of CopyTuples: the columns of the layout, `_row`, `_subject` @param rows number of tuples */
export function columnArrays(layout: Layout, tuples: Uint8Array, rows: number): ColumnArrays {
  const all = kindsOf(layout);
  const bytes = Buffer.from(tuples.buffer, tuples.byteOffset, tuples.length);
  const { sizes, nulls } = measured(bytes, all.length);
  const arrays = all.map((kind, place) => {
    const array = Buffer.allocUnsafe(headBytes + (sizes[place] ?? 0));
    array.writeInt32BE(rows === 0 ? 0 : 1, 0);
    array.writeInt32BE((nulls[place] ?? 0) > 0 ? 1 : 0, 4);
    array.writeInt32BE(kinds[kind].oid, 8);
    array.writeInt32BE(rows, 12);
    array.writeInt32BE(1, 16);
    return rows === 0 ? array.subarray(0, 12) : array;
  });
  const used = all.map(() => headBytes);
  each(bytes, all.length, (place, from, to) => {
    const at = used[place] ?? 0;
    const array = arrays[place];
    if (array !== undefined) bytes.copy(array, at, from, to);
    used[place] = at + to - from;
  });
  return { arrays, nulls };
}

function measured(
  bytes: Buffer,
  columns: number,
): { readonly sizes: readonly number[]; readonly nulls: readonly number[] } {
  const sizes = Array.from({ length: columns }, () => 0);
  const nulls = Array.from({ length: columns }, () => 0);
  each(bytes, columns, (place, from, to) => {
    sizes[place] = (sizes[place] ?? 0) + to - from;
    if (bytes.readInt32BE(from) < 0) nulls[place] = (nulls[place] ?? 0) + 1;
  });
  return { sizes, nulls };
}

/**
 * Iterates over the tuples. @param take receives the values of one: the columns of the layout, `_row`, `_subject`; the list is reused
 */
export function eachTuple(
  { columns }: Layout,
  tuples: Uint8Array,
  take: (values: readonly (Uint8Array | null)[]) => void,
): void {
  const bytes = Buffer.from(tuples.buffer, tuples.byteOffset, tuples.length);
  const last = columns.length + 1;
  const values = new Array<Uint8Array | null>(last + 1).fill(null);
  each(bytes, last + 1, (place, from, to) => {
    values[place] = bytes.readInt32BE(from) < 0 ? null : bytes.subarray(from + lengthBytes, to);
    if (place === last) take(values);
  });
}

/** Iterates over the values, each with its length prefix. */
function each(
  bytes: Buffer,
  columns: number,
  found: (place: number, from: number, to: number) => void,
): void {
  for (let at = 0; at < bytes.length;) {
    at += 2;
    for (let place = 0; place < columns; place += 1) {
      const to = at + lengthBytes + Math.max(0, bytes.readInt32BE(at));
      found(place, at, to);
      at = to;
    }
  }
}
