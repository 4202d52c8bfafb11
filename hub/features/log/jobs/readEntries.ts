import type { OpenedAuditLog } from '../../../log/openAuditLog.ts';
import { chunkSize } from '../../../log/search/places.ts';
import { followedBetween, storedReader } from '../../../log/search/storedReader.ts';
import { readHead } from '../../../log/store/head.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { followBoard } from './entries/followBoard.ts';
import { followDuties } from './entries/followDuties.ts';
import type { Follower, Onlooker, ReadChunk } from './entries/follower.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { IndexToWrite } from '../../../log/search/indexEntries.ts';
import { nextChunk, postedChunks } from '../../../log/store/postings.ts';

/** Maximum number of chunks read in one run for followers at similar positions. The rest waits for the next run, which begins at once. */
const chunksAtOnce = 20;
/** Milliseconds between two runs. */
const every = 5_000;

interface Resting {
  readonly who: ReadonlySet<string>;
  readonly failures: readonly unknown[];
  readonly until: number;
}
const noneResting: Resting = { who: new Set(), failures: [], until: 0 };

interface Named {
  readonly name: string;
  readonly follower: Follower;
}

/** Followers of the log: how each begins, and the minimum number of entries it takes. */
const beginnings: readonly {
  readonly name: string;
  readonly least: number;
  readonly begin: (pool: Pool, size: number) => Promise<Follower>;
}[] = [
  { name: 'index', least: chunkSize, begin: followIndex },
  { name: 'board', least: 1, begin: followBoard },
  { name: 'duties', least: 1, begin: followDuties },
];

/**
 * Reads the log as it grows, each entry once for all followers: the search index, the board figures, the consumers' duties. A follower
 * that fails, or is far behind, does not delay the others.
 * @param onlookers receive what is read, once. They store no position and read missed entries themselves
 */
export function readEntries(
  pool: Pool,
  audit: Pick<OpenedAuditLog, 'size'>,
  onlookers: readonly Onlooker[] = [],
  maxChunks = chunksAtOnce,
): Job {
  /** the last, still partial chunk: the index takes it when it is complete */
  let tail: ReadChunk | undefined;
  const readLeaf = storedReader();
  /** everything below this was passed to the onlookers */
  let shown = 0;
  /** the failed followers, the error, and until when the others are read for without them */
  let resting: Resting = noneResting;

  async function read(number: number, from: number, to: number): Promise<ReadChunk> {
    const known = tail?.number === number && tail.from <= from && tail.to >= from ? tail : undefined;
    const more = await followedBetween(pool, known?.to ?? from, to, readLeaf);
    const entries = known === undefined ? more : [...known.entries, ...more];
    const begun = known?.from ?? from;
    tail = to % chunkSize === 0 ? undefined : { number, from: begun, to, entries };
    return {
      number,
      from,
      to,
      entries: begun === from ? entries : entries.filter(({ index }) => index >= from),
    };
  }

  /** Passes a range to followers and onlookers. @returns the index up to which it was read */
  async function readFor(
    own: ReadonlySet<Named>,
    { first, last }: { readonly first: number; readonly last: number },
    followers: FollowersOfRun,
    isStopped: () => boolean,
  ): Promise<number> {
    let from = first;
    while (from < last && own.size > 0 && !isStopped()) {
      const number = Math.floor(from / chunkSize);
      const to = Math.min((number + 1) * chunkSize, last);
      const chunk = await read(number, from, to);
      for (const one of own) await followers.attempt(one, () => one.follower.take(chunk));
      if (to > shown) for (const onlooker of onlookers) onlooker.take(chunk);
      shown = Math.max(shown, to);
      from = to;
    }
    for (const one of own) await followers.attempt(one, () => one.follower.end(from));
    await Promise.allSettled(onlookers.map((onlooker) => onlooker.end()));
    return from;
  }

  return {
    name: 'readEntries',
    every,
    lease: 120_000,
    run: async (run) => {
      const isStopped = (): boolean => run.signal.aborted;
      const size = audit.size();
      // in runs that follow immediately, a failed follower would cause the same chunks to be read repeatedly
      const left = run.now() < resting.until ? resting : noneResting;
      const followers = new FollowersOfRun(left.who);
      await followers.begin(pool, size);
      let more = false;
      for (let first = followers.next(); first !== undefined && !isStopped(); first = followers.next()) {
        const last = Math.min(size, (Math.floor(first / chunkSize) + maxChunks) * chunkSize);
        const own = followers.takeBefore(last);
        const from = await readFor(own, { first, last }, followers, isStopped);
        // followers that continued have more to read; a failed one tries again when the job is due
        more ||= from < size && own.size > 0;
      }
      more &&= !isStopped();
      const { failed, failures } = followers;
      const reported = failures.length > 0 ? failures : left.failures;
      if (!more) resting = noneResting;
      else if (failures.length > 0) resting = { who: failed, failures, until: run.now() + every };
      return { more, failures: reported };
    },
  };
}

/** The followers of one run, and which of them failed. */
class FollowersOfRun {
  readonly failures: unknown[] = [];
  readonly failed: Set<string>;
  private readonly resting: ReadonlySet<string>;
  /** those that have more to read, by their positions */
  private readonly waiting: Named[] = [];
  /** those that are reading a range */
  private reading = new Set<Named>();

  constructor(resting: ReadonlySet<string>) {
    this.resting = resting;
    this.failed = new Set(resting);
  }

  /** @param size of the log */
  async begin(pool: Pool, size: number): Promise<void> {
    for (const { name, least, begin } of beginnings) {
      if (this.resting.has(name)) continue;
      try {
        const follower = await begin(pool, size);
        // another process may know a longer log than this one, but never longer than its head
        if (follower.next > size && follower.next > (await readHead(pool, false)).size)
          throw new Error(`${name}: its mark is ${follower.next}, where no entry is yet`);
        if (follower.next + least <= size) this.waiting.push({ name, follower });
      } catch (error) {
        this.failed.add(name);
        this.failures.push(error);
      }
    }
    this.waiting.sort((one, other) => one.follower.next - other.follower.next);
  }

  /** @returns the first index to read; undefined where none waits */
  next(): number | undefined {
    return this.waiting[0]?.follower.next;
  }

  /** The followers that wait for entries before `last`. One that has read all of this already continues reading by itself. */
  takeBefore(last: number): ReadonlySet<Named> {
    const count = this.waiting.filter(({ follower }) => follower.next < last).length;
    this.reading = new Set(this.waiting.splice(0, count));
    return this.reading;
  }

  /** A follower that fails reads no further in this run. */
  async attempt(one: Named, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.reading.delete(one);
      this.failed.add(one.name);
      this.failures.push(error);
    }
  }
}

/**
 * Number of postings written with one statement, except those of one chunk. Each may need its own page, and a statement has a time limit.
 */
const maxPostings = 2_000;

/**
 * Updates the search index after the appends. It indexes whole chunks only, including earlier ones that were removed from the index.
 * @param size of the log
 */
async function followIndex(pool: Pool, size: number): Promise<Follower> {
  const first = await nextChunk(pool);
  const next = first * chunkSize;
  const end = Math.floor(size / chunkSize);
  const behind = first < end ? await postedChunks(pool, { first, end }) : [];
  const posted = new Set(behind.map(({ chunk }) => chunk));
  const index = new IndexToWrite();
  return {
    next,
    take: async ({ number, from, to, entries }) => {
      if (from < next || to - from < chunkSize || posted.has(number)) return;
      index.add(number, entries);
      if (index.size >= maxPostings) await index.write(pool);
    },
    end: () => index.write(pool),
  };
}
