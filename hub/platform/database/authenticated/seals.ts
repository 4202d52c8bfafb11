/** MACs of rows and of the sums of a table. Pure: no database, no state. */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { ruleOf, type SealedName } from './rules.ts';

/** Content of a row as `contentOf` selects it. */
export type Content = readonly (string | null)[];

/** The sum of all MACs of a table, modulo 2^256, with a version that grows with each change. */
export interface TableSum {
  readonly version: number;
  readonly count: number;
  readonly sum: bigint;
}

/** What a sum is compared with. */
export interface KnownSum {
  readonly version: number;
  /** undefined: not known, any sum of this version counts */
  readonly sum?: bigint | undefined;
}

/** NULL columns are omitted, so a column that a later release adds does not change the seals of older rows. */
export function rowMac(
  key: KeyObject,
  name: SealedName,
  row: { readonly key: string; readonly entry: string | null; readonly content: Content },
): Buffer {
  const { sealed } = ruleOf(name);
  const content = sealed.flatMap((column, at) => {
    const value = row.content[at] ?? null;
    return value === null ? [] : [[column, value] as const];
  });
  return createHmac('sha256', key)
    .update(JSON.stringify(['datong row 1', name, row.key, row.entry, content]))
    .digest();
}

export const sumMac = (key: KeyObject, name: string, { version, count, sum }: TableSum): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify(['datong rows 1', name, version, count, sum.toString(16)]))
    .digest();

export const isSameMac = (one: Uint8Array | null, other: Uint8Array): boolean =>
  one?.length === other.length && timingSafeEqual(one, other);

const modulus = 1n << 256n;

export const added = (sum: bigint, mac: Uint8Array): bigint => (sum + numberOf(mac)) % modulus;
export const removed = (sum: bigint, mac: Uint8Array): bigint => (sum - numberOf(mac) + modulus) % modulus;

export const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
export const bytesOf = (sum: bigint): Buffer => Buffer.from(sum.toString(16).padStart(64, '0'), 'hex');

/** The copy of the newest versions of the sums, outside the database. */
export interface KnownVersions {
  get(name: string): number | undefined;
  /** of the newest version; undefined: not known */
  sumOf?(name: string): bigint | undefined;
  note(name: string, version: number, sum?: bigint): void;
}

/** Authenticates whole tables whose rows have no seals. */
export interface TableDigests {
  readonly key: KeyObject;
  /** the newest digest that this process knows; version 0: none */
  known(name: string): KnownSum;
  /** Whether a digest is no older one than the known one, and none of a transaction that was undone. @param known from before a snapshot */
  isNewest(name: string, sum: TableSum, known?: KnownSum): boolean;
  /** The version of a digest that is written next. @param before of the stored one */
  next(name: string, before: number): number;
  /** Records that a transaction of this connection has written a digest; it counts from its commit on. */
  written(client: object, name: string, sum: TableSum): void;
  /** A digest was read and verified. */
  seen(name: string, sum: KnownSum): void;
}
