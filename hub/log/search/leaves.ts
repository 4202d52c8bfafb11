import type { Leaf } from '../../../log/leaf.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { isDateText } from '../../../terms/civilDate.ts';
import { Problem } from '../../../terms/problem.ts';
import { eachPostingByIndex, type Posting } from '../store/postings.ts';
import type { Pool } from '../../platform/database/database.ts';
import { both, either, isNowhere, packPlaces, unpackPlaces, type Places } from './places.ts';
import type { FoundBy } from '../../../log/entryQuestion.ts';

/** The leaf, undefined if its bytes are no valid leaf or none that the log wrote: re-verification reports it. */
export function leafIn(bytes: Uint8Array): Leaf | undefined {
  try {
    return followedIn(parseLeaf(bytes));
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** The same for a parsed leaf. */
export const followedIn = (leaf: Leaf): Leaf | undefined =>
  isMoment(leaf.at) && fitsRows(leaf) ? leaf : undefined;

/** Longer than any text by which an entry is found or counted: the longest is from a signed header, of which most may take a fifth. */
export const maxTextLength = 512;
const fits = (text: string | undefined): boolean =>
  text === undefined || (text.length <= maxTextLength && !text.includes('\0'));
/**
 * The same for a name that is part of a database key. A key is limited to 2,704 bytes: four such names and the other members. The names
 * that the hub accepts from a caller are less than half as long.
 */
const fitsKey = (name: string | undefined): boolean =>
  name === undefined || (fits(name) && Buffer.byteLength(name) <= maxTextLength);

/**
 * Whether rows can store what followers of the log write of the leaf. Rows cannot store U+0000, and an index cannot store long texts. The
 * hub accepts neither from a caller, so such a leaf was altered; it would stop each follower permanently.
 */
function fitsRows(leaf: Leaf): boolean {
  const { operation, code, actor, consumer, provider, dataset, schema, agreement, purpose } = leaf;
  const { onBehalfOf, matter, matterCode, obligations = [], fields } = leaf;
  return (
    [operation, code, actor.department, actor.person, consumer, provider, dataset, schema].every(fitsKey) &&
    [agreement, purpose, onBehalfOf, matterCode, ...obligations].every(fitsKey) &&
    // these are not part of a key: a case is indexed by its digest
    fits(matter) &&
    (fields === undefined || Object.keys(fields).every(fits))
  );
}

/** A four-digit year that every calendar and column supports, also one day later; then a time of day. */
const form = /^[1-8]\d{3}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/**
 * Whether a time is one that a clock showed. The leaf format permits others, such as a thirteenth month. Days and columns are computed
 * from it, so such an entry would stop followers of the log permanently.
 */
export const isMoment = (at: string): boolean => form.test(at) && isDateText(at.slice(0, 10));

/* The places that the index already stores for a chunk being written. For missing entries they are the only record of their terms. */

/** Places as stored in the database, by term: those of these postings. */
export async function heldOf(
  pool: Pool,
  chunk: number,
  postings: readonly Posting[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const held = new Map<string, Uint8Array>();
  const terms = postings.map(({ term }) => term);
  await eachPostingByIndex(pool, terms, chunk, chunk + 1, (term, _, places) => {
    held.set(term, Buffer.from(places));
  });
  return held;
}

/** These postings, with the stored ones for some places. */
export const withHeld = (
  postings: readonly Posting[],
  held: ReadonlyMap<string, Uint8Array>,
  stored: Places,
): readonly Posting[] =>
  postings.map((posting) => {
    const mine = held.get(posting.term);
    const stays = mine && both(unpackPlaces(mine), stored);
    return stays === undefined || isNowhere(stays)
      ? posting
      : { ...posting, places: packPlaces(either(unpackPlaces(posting.places), stays)) };
  });

/** The union of both, as stored in the database. */
export const packedEither = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  packPlaces(either(unpackPlaces(one), unpackPlaces(other)));

/** The members of a leaf that followers of the log read. Followers do not use ids, digests and commitments, so these are not read. */
export interface FollowedLeaf extends FoundBy, Pick<Leaf, 'matterCode' | 'obligations' | 'change'> {
  readonly rows?: Pick<NonNullable<Leaf['rows']>, 'delivered'>;
  readonly subjects?: Pick<NonNullable<Leaf['subjects']>, 'count'>;
  readonly stream?: Pick<NonNullable<Leaf['stream']>, 'state'>;
}

/** Optional members that are copied as they are. */
const copied = [
  'code',
  'consumer',
  'provider',
  'dataset',
  'schema',
  'agreement',
  'purpose',
  'onBehalfOf',
  'matter',
  'matterCode',
  'obligations',
  'fields',
  'change',
] as const;

type Writable = { -readonly [Member in keyof FollowedLeaf]: FollowedLeaf[Member] };

/** The same members and nothing else. */
export function followed(leaf: FollowedLeaf): FollowedLeaf {
  const { at, kind, operation, decision, actor, rows, subjects, stream } = leaf;
  const made: Writable = { at, kind, operation, decision, actor };
  for (const name of copied) copyMember(made, leaf, name);
  if (rows !== undefined) made.rows = { delivered: rows.delivered };
  if (subjects !== undefined) made.subjects = { count: subjects.count };
  if (stream !== undefined) made.stream = { state: stream.state };
  return made;
}

function copyMember<Name extends (typeof copied)[number]>(
  into: { [Member in Name]?: FollowedLeaf[Member] },
  leaf: FollowedLeaf,
  name: Name,
): void {
  if (leaf[name] !== undefined) into[name] = leaf[name];
}
