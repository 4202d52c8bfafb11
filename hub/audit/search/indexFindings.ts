/** The search index against the leaves: terms that were taken out of it would hide entries. */
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import { eachPosting, insertChunks, postedChunks } from '../../store/audit/postings.ts';
import type { Pool } from '../../store/database/database.ts';
import { postingsIn, timesOf, type IndexedEntry } from './indexEntries.ts';
import { chunkSize } from './places.ts';

/**
 * Compares the whole chunks among entries `from … to − 1` with what the index holds of them, and writes anew what differs. What it holds
 * beyond that is no harm: what is shown is read from the leaves.
 */
export async function indexFindings(
  pool: Pool,
  from: number,
  to: number,
  entries: readonly IndexedEntry[],
): Promise<LogFinding[]> {
  const findings: LogFinding[] = [];
  const [first, end] = [Math.ceil(from / chunkSize), Math.floor(to / chunkSize)];
  const posted = new Map((await postedChunks(pool, { first, end })).map((one) => [one.chunk, one]));
  for (let chunk = first; chunk < end; chunk += 1) {
    const mine = posted.get(chunk);
    if (mine === undefined) continue;
    const own = entries.filter(({ index }) => Math.floor(index / chunkSize) === chunk);
    const { postings, words } = postingsIn(chunk, own);
    const terms = postings.map(({ term }) => term);
    const held = new Map<string, Uint8Array>();
    await eachPosting(pool, terms, chunk, chunk + 1, (term, _, places) => {
      held.set(term, Buffer.from(places));
    });
    const times = timesOf(chunk, own);
    const same =
      times.firstAt === mine.firstAt &&
      times.lastAt === mine.lastAt &&
      postings.every(({ term, places }) => Buffer.compare(places, held.get(term) ?? Buffer.of()) === 0);
    if (same) continue;
    findings.push(logFinding('index_altered', { index: chunk * chunkSize }));
    await insertChunks(pool, [times], postings, words);
  }
  return findings;
}
