/** What the index holds already of a chunk that is written: of entries that are gone it is all that tells where they belong. */
import { eachPosting, type Posting } from '../store/postings.ts';
import type { Pool } from '../../platform/database/database.ts';
import { both, either, isNowhere, packPlaces, unpackPlaces, type Places } from './places.ts';

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
  kept: Places,
): readonly Posting[] =>
  postings.map((posting) => {
    const mine = held.get(posting.term);
    const stays = mine && both(unpackPlaces(mine), kept);
    return stays === undefined || isNowhere(stays)
      ? posting
      : { ...posting, places: packPlaces(either(unpackPlaces(posting.places), stays)) };
  });

/** Those of either, as they lie in the database. */
export const packedEither = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  packPlaces(either(unpackPlaces(one), unpackPlaces(other)));
