/**
 * Entries of the log that record destructions after the retention period. A destruction covers a unit of 1,024 entries. Their leaf hashes
 * are retained, so that every proof remains valid. Its own entry contains the unit, its remaining entries, the digest of the hashes, and
 * the order. An entry that is missing without such a record was removed without authority.
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
/** The operation of the operator's decision to continue from a restored older database; destructions lost with it are recorded again. */
export const acceptOlderOperation = 'acceptOlderDatabase';
/** The kind in the `change` of an accepted order. */
export const orderKind = 'Destruction';
/** The kind in the `change` of an accepted rule. */
export const ruleKind = 'RetentionRule';

/** base64url SHA-256 of canonical JSON `[index, …]`, ascending: the remaining entries of the unit. */
export const staysDigest = (stays: readonly number[]): string =>
  toBase64url(sha256(new TextEncoder().encode(canonicalJson([...stays]))));

/** base64url SHA-256 of the unit's concatenated leaf hashes. */
export function hashesDigest(hashes: readonly Uint8Array[]): string {
  const bytes = new Uint8Array(hashes.length * 32);
  for (const [at, hash] of hashes.entries()) bytes.set(hash, at * 32);
  return toBase64url(sha256(bytes));
}

/** A destruction as recorded by its entry. */
export interface ReportedDestruction {
  readonly first: number;
  readonly last: number;
  /** number of destroyed entries */
  readonly entries: number;
  readonly stays: string;
  readonly hashes: string;
  /** RFC 3339: the newest destroyed entry */
  readonly newest: string;
  /** rules that applied: `exchange 3, reading 5` */
  readonly rules: string;
  /** exchange of the order, by two persons */
  readonly order: string;
  /** hex SHA-256 of the file to which the entries were exported */
  readonly sha256: string;
  /** exchange that recorded it before an older database was restored; absent in the first record */
  readonly replays?: string;
  readonly at: string;
}

/** Undefined for an entry that records no destruction. */
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
    first,
    last,
    entries,
    at,
    stays: text('stays'),
    hashes: text('hashes'),
    newest: text('newest'),
    rules: text('rules'),
    order: text('order'),
    sha256: text('sha256'),
    ...(text('replays') === '' ? {} : { replays: text('replays') }),
  };
}

/** Whether a leaf is an accepted proposal, by another person than its author. */
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

/** The moment before which an order permits destruction, Unix milliseconds; undefined for an entry that is no order. */
export function orderIn(leaf: Leaf): number | undefined {
  const before = leaf.change?.['before'];
  if (leaf.change?.['kind'] !== orderKind || typeof before !== 'string' || !acceptedBy(leaf))
    return undefined;
  const moment = Date.parse(before);
  return Number.isNaN(moment) ? undefined : moment;
}

/** When the operator continued from a restored older database, Unix milliseconds; undefined for any other entry. */
export function acceptedOlderIn({ kind, operation, decision, actor, at }: Leaf): number | undefined {
  const is = kind === 'management' && operation === acceptOlderOperation && decision === 'allow';
  return is && actor.staff === 'hub' ? Date.parse(at) : undefined;
}

/**
 * The moment before which entries may be destroyed by the named order: that of two persons, or, for a repeated record, the decision that
 * lost it.
 */
function moment({ replays }: ReportedDestruction, order: Leaf): number | undefined {
  return orderIn(order) ?? (replays === undefined ? undefined : acceptedOlderIn(order));
}

/** A claimed destruction. */
export interface ClaimedDestruction {
  /** index of the first entry of the unit */
  readonly first: number;
  /** indexes of the remaining entries of the unit, ascending */
  readonly stays: readonly number[];
}

/**
 * Whether the log records the claim: the hub's own entry for this unit, by the order of two persons, with no entry newer than the legal
 * minimum term at that time. A record repeated after an older database was restored may name the operator's decision to continue from it,
 * because the order is lost with the later entries. @param order undefined: it is outside the searched range and is not required
 */
export function isRecorded(
  { first, stays }: ClaimedDestruction,
  reported: Leaf | undefined,
  order: Leaf | 'unseen' | undefined,
): boolean {
  const destruction = reported === undefined ? undefined : destructionIn(reported);
  return (
    destruction !== undefined &&
    destruction.first === first &&
    destruction.entries === destructionUnit - stays.length &&
    destruction.stays === staysDigest(stays) &&
    isOrdered(destruction, order)
  );
}

/**
 * Whether it covers one unit, by an order of two persons, with no entry newer than the legal minimum term at that time.
 * @param order as `isReported` takes it
 */
export function isOrdered(destruction: ReportedDestruction, order: Leaf | 'unseen' | undefined): boolean {
  if (order === undefined) return false;
  const newest = Date.parse(destruction.newest);
  const before =
    order === 'unseen' ? Infinity : order.id === destruction.order ? moment(destruction, order) : undefined;
  return (
    destruction.last === destruction.first + destructionUnit - 1 &&
    destruction.first % destructionUnit === 0 &&
    before !== undefined &&
    newest < before &&
    newest <= yearsBefore(Date.parse(destruction.at), leastYears)
  );
}
