import type { Leaf } from '../../../log/leaf.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { isDateText } from '../../../terms/civilDate.ts';
import { Problem } from '../../../terms/problem.ts';
import { eachPosting, type Posting } from '../store/postings.ts';
import type { Pool } from '../../platform/database/database.ts';
import { both, either, isNowhere, packPlaces, unpackPlaces, type Places } from './places.ts';
import type { FoundBy } from '../../../log/entryQuestion.ts';

/** The leaf, undefined where its bytes are none any more, or none that the log wrote: re-verification tells of that. */
export function leafIn(bytes: Uint8Array): Leaf | undefined {
  try {
    return followedIn(parseLeaf(bytes));
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** The same of a leaf that was parsed. */
export const followedIn = (leaf: Leaf): Leaf | undefined =>
  isMoment(leaf.at) && fitsRows(leaf) ? leaf : undefined;

/** Longer than any text by which an entry is found or counted: the longest of a signed header, of which most may be a fifth. */
export const maxTextLength = 512;
const fits = (text: string | undefined): boolean =>
  text === undefined || (text.length <= maxTextLength && !text.includes('\0'));
/**
 * The same of a name that stands in a key of the database, which has room for 2704 bytes of all its members: of four such names and what
 * stands beside them. No name that the hub takes of a caller is half as long.
 */
const fitsKey = (name: string | undefined): boolean =>
  name === undefined || (fits(name) && Buffer.byteLength(name) <= maxTextLength);

/**
 * Whether rows can hold what whoever follows the log writes of it: they have no room for U+0000, and an index has none for long texts. What
 * the hub takes of a caller has neither, so such a leaf was altered; each that follows would end at it, for good.
 */
function fitsRows(leaf: Leaf): boolean {
  const { operation, code, actor, consumer, provider, dataset, schema, agreement, purpose } = leaf;
  const { onBehalfOf, matter, matterCode, obligations = [], fields } = leaf;
  return (
    [operation, code, actor.department, actor.person, consumer, provider, dataset, schema].every(fitsKey) &&
    [agreement, purpose, onBehalfOf, matterCode, ...obligations].every(fitsKey) &&
    // of these no key is made: a case stands there by its digest
    fits(matter) &&
    (fields === undefined || Object.keys(fields).every(fits))
  );
}

/** Four digits of a year that every calendar and column has, a day later too; then a time of day. */
const form = /^[1-8]\d{3}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/**
 * Whether a time is one that a clock showed. The form of a leaf has room for others, as a thirteenth month: days are counted from it and
 * columns filled, so whoever follows the log would end at such an entry, for good.
 */
export const isMoment = (at: string): boolean => form.test(at) && isDateText(at.slice(0, 10));

/* What the index holds already of a chunk that is written: of entries that are gone it is all that tells where they belong. */

/** Places as they lie in the database, by term: those of these postings. */
export async function heldOf(
  pool: Pool,
  chunk: number,
  postings: readonly Posting[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const held = new Map<string, Uint8Array>();
  const terms = postings.map(({ term }) => term);
  await eachPosting(pool, terms, chunk, chunk + 1, (term, _, places) => {
    held.set(term, Buffer.from(places));
  });
  return held;
}

/** These postings, and of some places what is held. */
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

/** Those of either, as they lie in the database. */
export const packedEither = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  packPlaces(either(unpackPlaces(one), unpackPlaces(other)));

/** What whoever follows the log reads of a leaf. Ids, digests and commitments are nobody's there, and are not read for it. */
export interface FollowedLeaf extends FoundBy, Pick<Leaf, 'matterCode' | 'obligations' | 'change'> {
  readonly rows?: Pick<NonNullable<Leaf['rows']>, 'delivered'>;
  readonly subjects?: Pick<NonNullable<Leaf['subjects']>, 'count'>;
  readonly stream?: Pick<NonNullable<Leaf['stream']>, 'state'>;
}

/** The same and nothing else. */
export function followed(leaf: FollowedLeaf): FollowedLeaf {
  const { at, kind, operation, decision, code, actor, consumer, provider, dataset, schema } = leaf;
  const { agreement, purpose, onBehalfOf, matter, matterCode, obligations, fields, change } = leaf;
  const { rows, subjects, stream } = leaf;
  return {
    at,
    kind,
    operation,
    decision,
    actor,
    ...(code === undefined ? {} : { code }),
    ...(consumer === undefined ? {} : { consumer }),
    ...(provider === undefined ? {} : { provider }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(schema === undefined ? {} : { schema }),
    ...(agreement === undefined ? {} : { agreement }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(matter === undefined ? {} : { matter }),
    ...(matterCode === undefined ? {} : { matterCode }),
    ...(obligations === undefined ? {} : { obligations }),
    ...(fields === undefined ? {} : { fields }),
    ...(change === undefined ? {} : { change }),
    ...(rows === undefined ? {} : { rows: { delivered: rows.delivered } }),
    ...(subjects === undefined ? {} : { subjects: { count: subjects.count } }),
    ...(stream === undefined ? {} : { stream: { state: stream.state } }),
  };
}
