/** Compares the search index with the leaves: terms removed from the index would hide entries. */
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import { insertChunks, isTakenOut, postedChunks, type PostedChunk } from '../store/postings.ts';
import type { Pool } from '../../platform/database/database.ts';
import { isMoment, heldOf, withHeld } from './leaves.ts';
import { postingsIn, timesOf, type IndexedEntry } from './indexEntries.ts';
import { addPlace, chunkSize, isNowhere, noPlaces, type Places } from './places.ts';

/** Data that re-verification read of a range of the log. */
interface Read {
  /** the present entries, with their leaves if these match their hashes */
  readonly entries: readonly IndexedEntry[];
  /** the entries that an entry records as destroyed, by index */
  readonly destroyed: Pick<ReadonlySet<number>, 'has'>;
}

/**
 * Compares the whole chunks among entries `from … to − 1` with the index and rewrites those that differ. Additional terms in the index are
 * harmless, because results are read from the leaves. For entries that are missing or altered, the index is the only record of the
 * searches that they answer, so their stored terms remain.
 */
export async function indexFindings(
  pool: Pool,
  from: number,
  to: number,
  { entries, destroyed }: Read,
): Promise<LogFinding[]> {
  const findings: LogFinding[] = [];
  const [first, end] = [Math.ceil(from / chunkSize), Math.floor(to / chunkSize)];
  const posted = new Map((await postedChunks(pool, { first, end })).map((one) => [one.chunk, one]));
  for (let chunk = first; chunk < end; chunk += 1) {
    const mine = posted.get(chunk);
    if (mine === undefined && !(await isTakenOut(pool, chunk))) continue;
    const own = entries.filter(({ index }) => Math.floor(index / chunkSize) === chunk);
    const gone = goneFrom(chunk, own, destroyed);
    const { postings: ofEntries, words } = postingsIn(chunk, own);
    const held = await heldOf(pool, chunk, ofEntries);
    const postings = withHeld(ofEntries, held, gone);
    const times = isNowhere(gone) ? timesOf(chunk, own) : wideTimes(timesOf(chunk, own), own, mine);
    const same =
      times.firstAt === mine?.firstAt &&
      times.lastAt === mine.lastAt &&
      postings.every(({ term, places }) => Buffer.compare(places, held.get(term) ?? Buffer.of()) === 0);
    if (same) continue;
    findings.push(logFinding('index_altered', { index: chunk * chunkSize, what: 'audit_posting' }));
    await insertChunks(pool, { chunks: [times], postings, words });
  }
  return findings;
}

/** Places of a chunk whose entries have neither a leaf nor a recorded destruction. */
function goneFrom(chunk: number, own: readonly IndexedEntry[], destroyed: Read['destroyed']): Places {
  const reported = new Set(own.flatMap(({ index, leaf }) => (leaf === undefined ? [] : [index])));
  const gone = noPlaces();
  for (let place = 0, index = chunk * chunkSize; place < chunkSize; place += 1, index += 1)
    if (!reported.has(index) && !destroyed.has(index)) addPlace(gone, place);
  return gone;
}

/** Times of a chunk including its missing entries: the stored times, if those of the present entries are within them. */
function wideTimes(
  own: PostedChunk,
  entries: readonly IndexedEntry[],
  held: PostedChunk | undefined,
): PostedChunk {
  if (held === undefined || !isMoment(held.firstAt) || !isMoment(held.lastAt)) return own;
  if (entries.every(({ leaf }) => leaf === undefined)) return held;
  return {
    chunk: own.chunk,
    firstAt: held.firstAt < own.firstAt ? held.firstAt : own.firstAt,
    lastAt: held.lastAt > own.lastAt ? held.lastAt : own.lastAt,
  };
}
