/** A unit of the log whose retention period is over: the entries to destroy, the entries to retain, and the reason if it must wait. */
import { destructionUnit } from '../../../log/destruction.ts';
import { sameHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { yearsBefore, yearsOf, type RetentionRules } from '../../../log/retention.ts';
import { entriesBetween, type StoredEntry } from '../store/entries.ts';
import { holdTargets } from '../store/legalHolds.ts';
import { concernsAny } from '../store/subjects.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { remaindersBetween } from '../erasure.ts';
import { entryFindings, heldSubjects } from '../evidence/reverify.ts';
import { tokensOf, type SearchAccess } from '../evidence/searchEntries.ts';
import { heldAgainst } from '../head.ts';
import { leafIn } from '../search/leaves.ts';
import { tokenYear } from '../subjects.ts';
import { storedHashes } from './provenLeaves.ts';

/** A unit that may be destroyed. */
export interface DueUnit {
  readonly first: number;
  /** every entry of the unit */
  readonly entries: readonly StoredEntry[];
  /** leaf hashes of the unit, as stored in the tiles */
  readonly hashes: readonly Uint8Array[];
  /** indexes of the remaining entries, ascending */
  readonly stays: readonly number[];
  /** RFC 3339: the newest entry to destroy */
  readonly newest: string;
}

/** Why a unit is not destroyed: its period is not over, it is under legal hold, or it differs from what the log wrote. */
export type Waiting = 'young' | 'held' | 'doubtful';

export interface Terms {
  readonly rules: RetentionRules;
  /** Unix milliseconds: limit of the order */
  readonly before: number;
  readonly now: number;
}

/** @param first index of the unit's first entry */
export async function dueUnit(access: SearchAccess, first: number, terms: Terms): Promise<DueUnit | Waiting> {
  const reader = access.database.app;
  const end = first + destructionUnit;
  const entries = await entriesBetween(reader, first, end);
  if (entries.length !== destructionUnit) return 'doubtful';
  const leaves = entries.flatMap(({ leaf }) => leafIn(leaf) ?? []);
  // altered entries are retained as evidence of the alteration
  if (leaves.length !== destructionUnit || (await isAltered(access, entries))) return 'doubtful';
  const hashes = await storedHashes(reader, first);
  if (hashes === undefined || entries.some(({ hash }, at) => !sameHash(hash, hashes[at] ?? new Uint8Array())))
    return 'doubtful';
  const stays: number[] = [];
  let newest = '';
  for (const [at, leaf] of leaves.entries()) {
    const years = yearsOf(leaf, terms.rules);
    if (years === undefined) stays.push(first + at);
    else if (isOver(leaf, years, terms)) newest = leaf.at > newest ? leaf.at : newest;
    else return 'young';
  }
  if (newest === '') return 'young';
  return (await isUnitHeld(access, { first, entries }, terms.now))
    ? 'held'
    : { first, entries, hashes, stays, newest };
}

const isOver = ({ at }: Leaf, years: number, { before, now }: Terms): boolean =>
  Date.parse(at) < before && Date.parse(at) <= yearsBefore(now, years);

async function isAltered({ database }: SearchAccess, entries: readonly StoredEntry[]): Promise<boolean> {
  const first = entries[0]?.index ?? 0;
  const subjects = await heldSubjects(database.app, first, first + destructionUnit);
  const erased = await remaindersBetween(database.app, first, first + destructionUnit);
  return entries.some(
    (entry) => entryFindings(entry, subjects.get(entry.index) ?? [], erased.get(entry.index)).length > 0,
  );
}

/**
 * Whether a part of a unit is under legal hold, or will be when its second person accepts: an entry, its dataset or agreement, a person.
 */
export async function isUnitHeld(
  access: SearchAccess,
  { first, entries }: Pick<DueUnit, 'first' | 'entries'>,
  now: number,
  reader: Reader = access.database.app,
): Promise<boolean> {
  if ((await heldAgainst(reader, '', entries)) !== undefined) return true;
  const persons = (await holdTargets(reader)).filter(({ kind }) => kind === 'subject');
  const held: Uint8Array[] = [];
  for (const { target } of persons) {
    const { tokens, attempts, lost } = await tokensOf(access, Buffer.from(target, 'hex'), now);
    // the subjects of a year whose key is destroyed can no longer be determined
    if (entries.some(({ columns }) => lost.includes(tokenYear(Date.parse(columns.at))))) return true;
    held.push(...tokens, ...attempts);
  }
  return held.length > 0 && concernsAny(reader, first, first + destructionUnit, held);
}
