/** MACs of rows and of the sums of a table. Pure: no database, no state. */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { defined } from '../../../../terms/defined.ts';
import { ruleOf, type SealedName } from './rules.ts';
import { byOlderRelease, type Writers } from './writers.ts';

/** Content of a row as `contentOf` selects it. */
export type Content = readonly (string | null)[];

/** The sum of all MACs of a table, modulo 2^256, with a version that grows with each change. */
export interface TableSum {
  readonly version: number;
  readonly count: number;
  readonly sum: bigint;
  /** who wrote it and those before it; absent: a process of an earlier release wrote it, or the vector was altered */
  readonly writers?: Writers;
  /** what a process knew that the sum does not include: it was put back, and counts for no process */
  readonly lacks?: Writers;
}

/** What the rows of a table are summed up to. */
export type Summed = Pick<TableSum, 'count' | 'sum'>;

/** What a sum is compared with. */
export interface KnownSum {
  readonly version: number;
  /** undefined: not known, any sum of this version counts */
  readonly sum?: bigint | undefined;
  /** what it has to include; undefined: nothing is known */
  readonly writers?: Writers | undefined;
}

export const writersOf = ({ version, writers }: Pick<TableSum, 'version' | 'writers'>): Writers =>
  writers ?? byOlderRelease(version);

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

/** A vector as the database has it, of one sum. */
interface StoredWriters extends Writers {
  readonly version: number;
  /** hexadecimal */
  readonly sum: string;
  readonly lacks?: Writers;
}

const writersMac = (key: KeyObject, name: string, text: string): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify(['datong row writers 1', name, text]))
    .digest();

/** The vector of a sum with its MAC; nulls where it has none. */
export function storedWriters(
  key: KeyObject,
  name: string,
  { version, sum, writers, lacks }: TableSum,
): { readonly text: string | null; readonly mac: Buffer | null } {
  if (writers === undefined) return { text: null, mac: null };
  const stored: StoredWriters = { version, sum: hexOf(sum), ...writers, ...defined({ lacks }) };
  const text = JSON.stringify(stored);
  return { text, mac: writersMac(key, name, text) };
}

/** What a stored vector states about a sum. One with another MAC, or of another sum, is as absent: a process of an earlier release leaves it. */
export function readWriters(
  key: KeyObject,
  name: string,
  sum: Pick<TableSum, 'version' | 'sum'>,
  { text, mac }: { readonly text: string | null; readonly mac: Uint8Array | null },
): Pick<TableSum, 'writers' | 'lacks'> {
  if (text === null || !isSameMac(mac, writersMac(key, name, text))) return {};
  const { version, sum: ofSum, floor, of, lacks } = JSON.parse(text) as StoredWriters;
  const isOfSum = version === sum.version && ofSum === hexOf(sum.sum);
  return isOfSum ? { writers: { floor, of }, ...defined({ lacks }) } : {};
}

export const isSameMac = (one: Uint8Array | null, other: Uint8Array): boolean =>
  one?.length === other.length && timingSafeEqual(one, other);

const modulus = 1n << 256n;

export const added = (sum: bigint, mac: Uint8Array): bigint => (sum + numberOf(mac)) % modulus;
export const removed = (sum: bigint, mac: Uint8Array): bigint => (sum - numberOf(mac) + modulus) % modulus;

export const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
/** Of one length, so that the length of a statement reveals nothing of its rows. */
const hexOf = (sum: bigint): string => sum.toString(16).padStart(64, '0');
export const bytesOf = (sum: bigint): Buffer => Buffer.from(hexOf(sum), 'hex');

/** The copy of the newest versions of the sums, outside the database. */
export interface KnownVersions {
  /** id of this process in vectors */
  readonly process: string;
  get(name: string): KnownSum | undefined;
  /** Records what a sum has that is newer than what is known. @param replaced versions up to it do not count any more */
  note(name: string, sum: KnownSum, replaced?: number): void;
  /** Whether processes of a release without vectors may still write: an upgrade is under way. */
  isOlderExpected(): boolean;
}

/** Authenticates whole tables whose rows have no seals. */
export interface TableDigests {
  readonly key: KeyObject;
  /** the newest digest that this process knows; version 0: none */
  known(name: string): KnownSum;
  /** Whether a digest descends from the known one, and is none of a transaction that was undone. @param known from before a snapshot */
  isNewest(name: string, sum: TableSum, known?: KnownSum): boolean;
  /** The digest that is written next. @param before the stored one, which is the newest */
  next(name: string, before: TableSum | undefined, now: Summed): TableSum;
  /** As `next`, where the stored one is not to count any more: also for processes that know a later one. */
  nextForAll(name: string, before: TableSum | undefined, now: Summed): TableSum;
  /** Records that a transaction of this connection has written a digest; it counts from its commit on. */
  written(client: object, name: string, sum: TableSum): void;
  /** A digest was read and verified. */
  seen(name: string, sum: KnownSum | TableSum): void;
}
