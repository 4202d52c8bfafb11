/**
 * What the log says of entries that were destroyed when their time was over. A destruction takes a unit of 1,024 entries, whose leaf hashes
 * stay, so that every proof stays; its own entry names the unit, which of it stays, the digest of the hashes, and by whose order. An entry
 * that is gone without one was stolen.
 */
import { canonicalJson } from '../terms/canonicalJson.ts';
import { toBase64url } from './base64.ts';
import { sha256 } from './hash.ts';
import type { Leaf } from './leaf.ts';
import { leastYears, yearsBefore } from './retention.ts';

/** Entries of a unit: whole hash tiles, and a whole chunk of the search index. */
export const destructionUnit = 1_024;

/** The operation of its entry. */
export const destructionOperation = 'destroyEntries';
/** The operation of the operator's decision to go on from a restored older database: what was lost with it is told again. */
export const acceptOlderOperation = 'acceptOlderDatabase';
/** What the `change` of an accepted order says it is. */
export const orderKind = 'Destruction';
/** What the `change` of an accepted rule says it is. */
export const ruleKind = 'RetentionRule';

/** base64url SHA-256 of canonical JSON `[index, …]`, ascending: the entries of the unit that stay. */
export const staysDigest = (stays: readonly number[]): string =>
  toBase64url(sha256(new TextEncoder().encode(canonicalJson([...stays]))));

/** base64url SHA-256 of the unit's leaf hashes one behind another. */
export function hashesDigest(hashes: readonly Uint8Array[]): string {
  const bytes = new Uint8Array(hashes.length * 32);
  for (const [at, hash] of hashes.entries()) bytes.set(hash, at * 32);
  return toBase64url(sha256(bytes));
}

/** A destruction as its entry tells it. */
export interface ReportedDestruction {
  readonly first: number;
  readonly last: number;
  /** entries that went */
  readonly entries: number;
  readonly stays: string;
  readonly hashes: string;
  /** RFC 3339: the youngest entry that went */
  readonly newest: string;
  /** rules that it went by: `exchange 3, reading 5` */
  readonly rules: string;
  /** exchange of the order, by two persons */
  readonly order: string;
  /** hex SHA-256 of the file that the entries were taken out to */
  readonly sha256: string;
  /** exchange that told it before an older database was restored; absent where it is told the first time */
  readonly replays?: string;
  readonly at: string;
}

/** Undefined for an entry that tells none. */
export function destructionIn(leaf: Leaf): ReportedDestruction | undefined {
  const { kind, operation, decision, actor, change = {}, at } = leaf;
  if (
    kind !== 'retire' ||
    operation !== destructionOperation ||
    decision !== 'allow' ||
    actor.staff !== 'hub'
  )
    return undefined;
  const { first, last, entries } = change;
  if (typeof first !== 'number' || typeof last !== 'number' || typeof entries !== 'number') return undefined;
  const text = (name: string): string => {
    const value = change[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    ...{ first, last, entries, at },
    ...{ stays: text('stays'), hashes: text('hashes'), newest: text('newest') },
    ...{ rules: text('rules'), order: text('order'), sha256: text('sha256') },
    ...(text('replays') === '' ? {} : { replays: text('replays') }),
  };
}

/** An accepted proposal, by another person than who wrote it. */
export function acceptedBy({ operation, decision, actor, change }: Leaf): boolean {
  const author = change?.['author'];
  return (
    operation === 'acceptProposal' &&
    decision === 'allow' &&
    actor.person !== undefined &&
    typeof author === 'string' &&
    author !== actor.person
  );
}

/** Until when entries may go by an order, Unix milliseconds; undefined for an entry that is none. */
export function orderIn(leaf: Leaf): number | undefined {
  const before = leaf.change?.['before'];
  if (leaf.change?.['kind'] !== orderKind || typeof before !== 'string' || !acceptedBy(leaf))
    return undefined;
  const moment = Date.parse(before);
  return Number.isNaN(moment) ? undefined : moment;
}

/** When the operator went on from a restored older database, Unix milliseconds; undefined for an entry that says no such thing. */
export function acceptedOlderIn({ kind, operation, decision, actor, at }: Leaf): number | undefined {
  const is = kind === 'management' && operation === acceptOlderOperation && decision === 'allow';
  return is && actor.staff === 'hub' ? Date.parse(at) : undefined;
}

/** Until when entries may go by what a destruction names as its order: that of two persons, or of one told again, what lost it. */
function moment({ replays }: ReportedDestruction, order: Leaf): number | undefined {
  return orderIn(order) ?? (replays === undefined ? undefined : acceptedOlderIn(order));
}

/** What is claimed to be destroyed. */
export interface ClaimedDestruction {
  /** index of the first entry of the unit */
  readonly first: number;
  /** indexes of the entries of the unit that stay, ascending */
  readonly stays: readonly number[];
}

/**
 * Whether entries of the log tell it: the hub's own entry for this very unit, by the order of two persons, of nothing younger than the law's
 * term at that time. Told again after an older database was restored, it may name the operator's decision to go on from that one, where the
 * order is lost with what came after. @param order undefined: it lies where nobody looks this time, and is not asked for
 */
export function isReported(
  { first, stays }: ClaimedDestruction,
  reported: Leaf | undefined,
  order: Leaf | 'unseen' | undefined,
): boolean {
  const said = reported === undefined ? undefined : destructionIn(reported);
  return (
    said !== undefined &&
    said.first === first &&
    said.entries === destructionUnit - stays.length &&
    said.stays === staysDigest(stays) &&
    isOrdered(said, order)
  );
}

/** Whether it is of one unit, by an order of two persons, of nothing younger than the law's term at that time. @param order as `isReported` takes it */
export function isOrdered(said: ReportedDestruction, order: Leaf | 'unseen' | undefined): boolean {
  if (order === undefined) return false;
  const newest = Date.parse(said.newest);
  const before = order === 'unseen' ? Infinity : order.id === said.order ? moment(said, order) : undefined;
  return (
    said.last === said.first + destructionUnit - 1 &&
    said.first % destructionUnit === 0 &&
    before !== undefined &&
    newest < before &&
    newest <= yearsBefore(Date.parse(said.at), leastYears)
  );
}
