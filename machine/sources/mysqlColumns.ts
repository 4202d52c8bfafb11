/**
 * Columns of MySQL and MariaDB. Each is read as the text that the database itself writes: a binary number would lose digits, leading
 * zeros or fractions. A value to compare with is bound as text, and the database converts it to a number or a day as wide as the value.
 * Text against number would be compared as floating point, and the column's own type would change a value that it cannot hold.
 */
import type { FieldPacket } from 'mysql2';
import { decimalText } from '../../terms/decimal.ts';
import { isDay, shortest } from './sourceValues.ts';
import type { Bind, SourceColumn } from './sqlSource.ts';

/** numeric codes of types in the protocol */
const types = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  none: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  varchar: 15,
  bit: 16,
  json: 245,
  newdecimal: 246,
  tinyBlob: 249,
  mediumBlob: 250,
  longBlob: 251,
  blob: 252,
  varString: 253,
  string: 254,
  shape: 255,
} as const;
const integers: readonly number[] = [types.tiny, types.short, types.long, types.int24, types.longlong];
const decimals: readonly number[] = [types.decimal, types.newdecimal];
const moments: readonly number[] = [types.timestamp, types.datetime];
const strings: readonly number[] = [
  types.tinyBlob,
  types.mediumBlob,
  types.longBlob,
  types.blob,
  types.varchar,
  types.varString,
  types.string,
];
const flags = { unsigned: 32, enumeration: 256, set: 2048 } as const;
/** the character set of binary data */
const bytes = 63;
/** types of MariaDB that are sent as texts */
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

/** A name as a quoted identifier, regardless of its characters. */
export const quotedName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** A text by its bytes: letter case and trailing spaces are significant. */
export const bytesOf = (text: string): string => `CAST(CONVERT(${text} USING utf8mb4) AS BINARY)`;

/** A column of a query, from the source's description. */
export function columnOf(packet: FieldPacket): SourceColumn {
  const field = packet as unknown as Field;
  const place = `q.${quotedName(field.name)}`;
  const text = `CAST(${place} AS CHAR)`;
  const plain = (value: unknown, bind: Bind): string => bind(String(value));
  const column = {
    name: field.name,
    place,
    wide: place,
    read: text,
    mark: text,
    ordered: true,
    empty: `${place} IS NULL`,
    sort: 'other' as SourceColumn['sort'],
    bytes: bytesOf(text),
    bound: plain,
    sortsAsText: (): boolean => false,
  };
  const { columnType: type } = field;
  if (integers.includes(type)) {
    const range = rangeOf(field.flags);
    return { ...column, sort: 'number', bound: (value, bind) => numberOf(value, bind, range) };
  }
  // a year of two digits would be read as one of this century
  if (type === types.year)
    return { ...column, place: `(${place} + 0)`, wide: `(${place} + 0)`, sort: 'number', bound: numberOf };
  if (decimals.includes(type)) return { ...column, sort: 'number', bound: numberOf };
  if (type === types.date) return { ...column, ...dated(place, text, 'DATE', isDay) };
  if (moments.includes(type))
    return { ...column, ...dated(place, text, 'DATETIME(6)', momentTest(field.decimals)) };
  if (type === types.bit) {
    const digits = `LPAD(BIN(${place}), ${Math.max(1, field.columnLength)}, '0')`;
    const bit = (value: unknown, bind: Bind): string | undefined =>
      /^[01]{1,64}$/.test(textOf(value))
        ? `CAST(CONV(${bind(textOf(value))}, 2, 10) AS UNSIGNED)`
        : undefined;
    return { ...column, read: digits, mark: digits, bytes: bytesOf(digits), bound: bit };
  }
  if (namedTypes.includes(field.extendedTypeName)) return { ...column, ordered: false };
  if (strings.includes(type)) {
    const read = field.characterSet === bytes ? binary(place) : characters(place, field.flags);
    return { ...column, read: place, mark: place, ...read };
  }
  // documents or shapes with equal texts may be unequal
  const opaque = (read: string) => ({
    ...column,
    read,
    ordered: false,
    place: bytesOf(read),
    wide: bytesOf(read),
    bytes: bytesOf(read),
    bound: (value: unknown, bind: Bind) => bytesOf(bind(String(value))),
  });
  if (type === types.json) return { ...opaque(text), read: place };
  if (type === types.shape) return opaque(`ST_AsText(${place})`);
  // floating point cannot order pages; a value of four bytes is written in full as one of eight
  if (type === types.float) return { ...column, ...floating(`(${place} + 0e0)`) };
  if (type === types.double) return { ...column, ...floating(place) };
  // times and later types are readable, but do not order pages
  const readable = [types.time, types.none] as readonly number[];
  return { ...column, read: readable.includes(type) ? text : place, ordered: false };
}

function binary(place: string) {
  return {
    bytes: bytesOf(`CONCAT(CHAR(92, 120), LOWER(HEX(${place})))`),
    bound: (value: unknown, bind: Bind): string => `UNHEX(${bind(hexOf(value))})`,
  };
}

/** An enumeration is ordered by its numbers and compared by its texts, so that it does not order pages. */
function characters(place: string, fieldFlags: number) {
  const ordered = (fieldFlags & (flags.enumeration | flags.set)) === 0;
  return { wide: `CONVERT(${place} USING utf8mb4)`, bytes: bytesOf(place), ordered };
}

function floating(place: string) {
  const read = `CAST(${place} AS CHAR)`;
  const sort = 'float' as const;
  return { place, wide: place, read, mark: read, bytes: bytesOf(read), sort, ordered: false };
}

/** @param decimals digits of the seconds' fraction */
function momentTest(decimals: number): (text: string) => boolean {
  const fraction = decimals === 0 ? '' : `\\.\\d{${decimals}}`;
  const clock = new RegExp(`^ ([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d${fraction}$`);
  return (text) => isDay(text.slice(0, 10)) && clock.test(text.slice(10));
}

interface Range {
  readonly from: bigint;
  readonly below: bigint;
  readonly type: 'SIGNED' | 'UNSIGNED';
}
const ranges = {
  signed: { from: -(2n ** 63n), below: 2n ** 63n, type: 'SIGNED' },
  unsigned: { from: 0n, below: 2n ** 64n, type: 'UNSIGNED' },
} as const;
const rangeOf = (fieldFlags: number): Range =>
  (fieldFlags & flags.unsigned) === 0 ? ranges.signed : ranges.unsigned;
/** maximum digits of a DECIMAL, and of its fraction in MariaDB; MySQL allows 30 and rejects more with an error */
const most = { digits: 65, scale: 38 } as const;

/** As wide as the value, never as narrow as the column: -1 converted to an unsigned number would be the largest of all. */
function numberOf(value: unknown, bind: Bind, whole?: Range): string | undefined {
  const number = shortest(value);
  if (number === undefined) return undefined;
  const { units, scale } = number;
  const written = decimalText(number);
  if (whole !== undefined && scale === 0 && units >= whole.from && units < whole.below)
    return `CAST(${bind(written)} AS ${whole.type})`;
  if (scale > most.scale || written.replace(/\D/g, '').length > most.digits) return undefined;
  return `CAST(${bind(written)} AS DECIMAL(${most.digits}, ${scale}))`;
}

/** An invalid day (0000-00-00) has no place in an order: no comparison with it would find a row. */
function dated(place: string, text: string, type: string, isOne: (text: string) => boolean) {
  const none = `DAYOFMONTH(${place}) = 0 OR MONTH(${place}) = 0`;
  const bound = (value: unknown, bind: Bind): string => `CAST(${bind(textOf(value))} AS ${type})`;
  return {
    bound,
    sortsAsText: isOne,
    mark: `IF(${none}, NULL, ${text})`,
    empty: `(${place} IS NULL OR ${none})`,
    before: (mark: string, seconds: number, bind: Bind) =>
      `${bound(mark, bind)} - INTERVAL ${seconds} SECOND`,
  };
}

const textOf = (value: unknown): string => (value === true ? '1' : value === false ? '0' : String(value));

/** Bytes are written as `\x` and their digits, like in PostgreSQL. */
const hexOf = (value: unknown): string => String(value).replace(/^\\x/, '');

/** A cell as the driver gives it. */
export function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
