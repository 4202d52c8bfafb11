/**
 * Columns of MySQL and MariaDB. Each is read as the text that the database itself writes: a number of the wire would lose digits, zeros in
 * front or fractions. A value to compare with is bound as text and made by the database what the column is: text against number would be
 * compared as floating point.
 */
import type { FieldPacket } from 'mysql2';
import type { Bind, SourceColumn } from './sqlSource.ts';

/** numbers of types on the wire */
const types = {
  ...{ decimal: 0, tiny: 1, short: 2, long: 3, float: 4, double: 5, none: 6, timestamp: 7, longlong: 8 },
  ...{ int24: 9, date: 10, time: 11, datetime: 12, year: 13, bit: 16, json: 245, newdecimal: 246 },
  ...{ tinyBlob: 249, mediumBlob: 250, longBlob: 251, blob: 252, varString: 253, string: 254, shape: 255 },
} as const;
const integers: readonly number[] = [types.tiny, types.short, types.long, types.int24, types.longlong];
const decimals: readonly number[] = [types.decimal, types.newdecimal];
const moments: readonly number[] = [types.timestamp, types.datetime];
const strings: readonly number[] = [
  ...[types.tinyBlob, types.mediumBlob, types.longBlob, types.blob, types.varString, types.string, 15],
];
const flags = { unsigned: 32, enumeration: 256, set: 2048 } as const;
/** the character set of bytes */
const bytes = 63;
/** types of MariaDB that travel as texts */
const namedTypes: readonly (string | undefined)[] = ['uuid', 'inet4', 'inet6'];

interface Field {
  readonly name: string;
  readonly columnType: number;
  readonly characterSet: number;
  readonly columnLength: number;
  readonly flags: number;
  readonly decimals: number;
  readonly extendedTypeName?: string;
}

/** A name as an identifier, whatever it holds. */
export const quotedName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** What a source says of a column of its query. */
export function columnOf(packet: FieldPacket): SourceColumn {
  const field = packet as unknown as Field;
  const place = `q.${quotedName(field.name)}`;
  const text = `CAST(${place} AS CHAR)`;
  const column = {
    ...{ name: field.name, place, wide: place, read: text, mark: text, ordered: true },
    empty: `${place} IS NULL`,
  };
  const made = (type: string) => (value: unknown, bind: Bind) => `CAST(${bind(textOf(value))} AS ${type})`;
  const plain = (value: unknown, bind: Bind): string => bind(String(value));
  const { columnType: type } = field;
  if (integers.includes(type))
    return { ...column, bound: made((field.flags & flags.unsigned) === 0 ? 'SIGNED' : 'UNSIGNED') };
  if (type === types.year) return { ...column, bound: made('UNSIGNED') };
  if (decimals.includes(type))
    return { ...column, bound: made(`DECIMAL(65, ${Math.min(field.decimals, 30)})`) };
  if (type === types.date) return { ...column, ...dated(place, text, 'DATE') };
  if (moments.includes(type)) return { ...column, ...dated(place, text, 'DATETIME(6)') };
  if (type === types.bit) {
    const digits = `LPAD(BIN(${place}), ${Math.max(1, field.columnLength)}, '0')`;
    const bit = (value: unknown, bind: Bind): string =>
      `CAST(CONV(${bind(textOf(value))}, 2, 10) AS UNSIGNED)`;
    return { ...column, read: digits, mark: digits, bound: bit };
  }
  if (namedTypes.includes(field.extendedTypeName)) return { ...column, ordered: false, bound: plain };
  if (strings.includes(type) && field.characterSet === bytes)
    return { ...column, read: place, mark: place, bound: (value, bind) => `UNHEX(${bind(hexOf(value))})` };
  if (strings.includes(type)) {
    // an enumeration is ordered by its numbers and compared by its texts
    const ordered = (field.flags & (flags.enumeration | flags.set)) === 0;
    const wide = `CONVERT(${place} USING utf8mb4)`;
    return { ...column, wide, read: place, mark: place, ordered, bound: plain };
  }
  if (type === types.json) return { ...column, read: place, ordered: false, bound: plain };
  if (type === types.shape) return { ...column, read: `ST_AsText(${place})`, ordered: false, bound: plain };
  // floating point tells no exact place; times and whatever comes next are read, and order nothing
  const readable = [types.float, types.double, types.time, types.none] as readonly number[];
  return { ...column, read: readable.includes(type) ? text : place, ordered: false, bound: plain };
}

/** A day that is none (0000-00-00) is no place in an order: nothing that is compared with it would be found. */
function dated(place: string, text: string, type: string) {
  const none = `DAYOFMONTH(${place}) = 0 OR MONTH(${place}) = 0`;
  const bound = (value: unknown, bind: Bind): string => `CAST(${bind(textOf(value))} AS ${type})`;
  return {
    bound,
    mark: `IF(${none}, NULL, ${text})`,
    empty: `(${place} IS NULL OR ${none})`,
    before: (mark: string, seconds: number, bind: Bind) =>
      `${bound(mark, bind)} - INTERVAL ${seconds} SECOND`,
  };
}

const textOf = (value: unknown): string => (value === true ? '1' : value === false ? '0' : String(value));

/** Bytes are written as `\x` and their digits, as PostgreSQL writes them. */
const hexOf = (value: unknown): string => String(value).replace(/^\\x/, '');

/** A cell as the driver gives it. */
export function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
