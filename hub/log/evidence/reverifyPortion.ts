/**
 * Re-verification in constant portions. One pass reads the whole log up to the checkpoint that was current when it began. The position
 * between portions is recorded under a MAC, and each process remembers the newest one, so that write access to the database cannot make a
 * pass skip entries.
 */
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import { sameHash } from '../../../log/hash.ts';
import { extendByHashes } from '../../../log/tree/extendTree.ts';
import { emptyTree, packFrontier, unpackTree, type TreeState } from '../../../log/tree/growTree.ts';
import { scanEntries, type StoredEntry } from '../store/entries.ts';
import { hiddenRows } from '../store/hiddenRows.ts';
import {
  passMemory,
  type PassMemory,
  type Recorded,
} from '../../platform/database/authenticated/passRecord.ts';
import { sealingOf } from '../../platform/database/authenticated/rowSealing.ts';
import type { Pool } from '../../platform/database/database.ts';
import { stateOfJob } from '../../platform/jobs/store/jobs.ts';
import { remaindersBetween } from '../erasure.ts';
import { destroyedBetween, type Destroyed } from '../retention/destroyed.ts';
import type { IndexedEntry } from '../search/indexEntries.ts';
import { indexFindings } from '../search/indexFindings.ts';
import { followedIn } from '../search/leaves.ts';
import { chunkSize } from '../search/places.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';
import { entryFindings, gaps, heldSubjects, leafOfEntry, tileFindings } from './reverify.ts';

/** State of a pass over the log. */
export interface Pass {
  /** counts up from 1 */
  readonly number: number;
  /** the signed state up to which it reads */
  readonly goal: { readonly size: number; readonly root: Uint8Array };
  /** tree of the stored hashes read so far; undefined after a missing entry */
  readonly tree: TreeState | undefined;
  /** index of the next entry */
  readonly next: number;
}

interface Found {
  readonly findings: readonly LogFinding[];
  /** errors that prevented the comparison of an index */
  readonly failures: readonly unknown[];
}

/** Result of one portion. */
interface Portion extends Found {
  readonly pass: Pass;
}

/** Entries read at once, and the newest ones that each run reads in addition. */
const chunk = 5 * chunkSize;

export function beginPass(access: LogAccess, number: number): Pass {
  const { size, root } = newestCheckpoint(access);
  return { number, goal: { size, root }, tree: emptyTree, next: 0 };
}

export const isOver = (pass: Pass): boolean => pass.next >= pass.goal.size;

/**
 * Reads the next `count` entries. The last portion compares the tree with the signed root. A search index that cannot be compared does not
 * hide findings of the log: `failures` contains the reason, and all other findings are reported.
 */
export async function reverifyPortion(access: LogAccess, before: Pass, count: number): Promise<Portion> {
  const { goal } = before;
  // portions end at chunk boundaries of the search index, so that each chunk is compared whole
  const end = Math.min(Math.ceil((before.next + count) / chunkSize) * chunkSize, goal.size);
  const findings: LogFinding[] = [];
  const failures: unknown[] = [];
  let { tree } = before;
  for (let from = before.next; from < end; from += chunk) {
    const part = await reverifyPart(access.database.app, from, Math.min(from + chunk, end));
    findings.push(...part.findings);
    failures.push(...part.failures);
    const { hashes } = part;
    tree = tree === undefined || hashes === undefined ? undefined : extendByHashes(tree, hashes);
  }
  const pass = { ...before, tree, next: end };
  if (isOver(pass) && tree !== undefined && !sameHash(tree.root, goal.root)) {
    findings.push(logFinding('root_mismatch', { first: 0, last: goal.size - 1 }));
  }
  return { pass, findings, failures };
}

/**
 * Reads the newest entries, except those that the portion of this run has just read.
 * @param portion `from` is its first entry, `to` the one after its last
 */
export async function reverifyNewest(
  access: LogAccess,
  portion: { readonly from: number; readonly to: number },
): Promise<Found> {
  const { size } = newestCheckpoint(access);
  const first = Math.max(0, Math.floor(size / chunkSize) * chunkSize - chunk);
  const { app } = access.database;
  const findings: LogFinding[] = [];
  const failures: unknown[] = [];
  for (const [from, to] of [
    [first, Math.min(portion.from, size)],
    [Math.max(first, portion.to), size],
  ] as const) {
    if (from >= to) continue;
    const part = await reverifyPart(app, from, to);
    findings.push(...part.findings);
    failures.push(...part.failures);
  }
  return { findings, failures };
}

/** The findings of entries `from … to − 1`. @returns `hashes`: all of theirs, undefined if one is missing */
async function reverifyPart(
  reader: Pool,
  from: number,
  to: number,
): Promise<Found & { readonly hashes: readonly Uint8Array[] | undefined }> {
  const findings: LogFinding[] = [];
  const failures: unknown[] = [];
  const entries = await scanEntries(reader, from, to);
  const subjects = await heldSubjects(reader, from, to);
  const erased = await remaindersBetween(reader, from, to);
  const indexed: IndexedEntry[] = [];
  for (const entry of entries) {
    const { index } = entry;
    const leaf = leafOfEntry(entry);
    const own = entryFindings(entry, subjects.get(index) ?? [], erased.get(index), leaf);
    findings.push(...own);
    // bytes other than those hashed do not show the original content
    const isAsHashed = !own.some(({ code }) => code === 'entry_altered');
    indexed.push({ index, leaf: isAsHashed ? leaf && followedIn(leaf) : undefined });
  }
  const destroyed = await destroyedBetween(reader, from, to);
  const missing = gaps(entries, from, to).filter(({ index = -1 }) => !destroyed.hashes.has(index));
  findings.push(...missing, ...destroyed.findings, ...putBack(entries, destroyed));
  findings.push(...(await tileFindings(reader, from, to, entries)));
  try {
    findings.push(...(await hiddenFindings(reader, { from, to, entries, subjects })));
  } catch (error) {
    failures.push(error);
  }
  for (let first = from; first < to; first += chunkSize)
    try {
      findings.push(
        ...(await indexFindings(reader, first, Math.min(first + chunkSize, to), {
          entries: indexed,
          destroyed: destroyed.hashes,
        })),
      );
    } catch (error) {
      failures.push(error);
    }
  return { findings, failures, hashes: hashesOf(entries, destroyed, from, to) };
}

/** What was read of the tables of entries and subject tokens. */
interface ReadTables {
  readonly from: number;
  readonly to: number;
  readonly entries: readonly StoredEntry[];
  readonly subjects: Awaited<ReturnType<typeof heldSubjects>>;
}

/** Entries that a search does not find although they are present, one finding each. */
async function hiddenFindings(
  reader: Pool,
  { from, to, entries, subjects }: ReadTables,
): Promise<readonly LogFinding[]> {
  const hidden = await hiddenRows(reader, {
    from,
    to,
    entries: entries.map(({ index, columns }) => ({ index, id: columns.id })),
    subjects: [...subjects]
      .map(([index, rows]) => ({ index, tokens: rows.reduce((sum, { count }) => sum + count, 0) }))
      .sort((one, other) => one.index - other.index),
  });
  if (hidden.length === 0) return [];
  // a row that was destroyed or erased in the meantime is not hidden
  const present = {
    audit_entry: new Map((await scanEntries(reader, from, to)).map((entry) => [entry.index, entry])),
    audit_subject: await heldSubjects(reader, from, to),
  };
  const names = new Map<number, string[]>();
  for (const { index, by, table } of hidden)
    // an index can lead to a row outside the range
    if (index < from || index >= to || present[table].has(index))
      names.set(index, [...(names.get(index) ?? []), by]);
  return [...names].map(([index, by]) => logFinding('index_altered', { index, what: by.join(', ') }));
}

/** Entries that were destroyed and are present again. */
const putBack = (entries: readonly StoredEntry[], { hashes }: Destroyed): readonly LogFinding[] =>
  entries.flatMap(({ index, columns }) =>
    hashes.has(index) ? [logFinding('destroyed_put_back', { index, exchange: columns.id })] : [],
  );

/** All hashes of `from … to − 1`, for destroyed entries the retained hash; undefined if one is missing. */
function hashesOf(
  entries: readonly StoredEntry[],
  destroyed: Destroyed,
  from: number,
  to: number,
): readonly Uint8Array[] | undefined {
  const all = new Map<number, Uint8Array | undefined>(entries.map(({ index, hash }) => [index, hash]));
  // an entry that was put back is ignored
  for (const [index, hash] of destroyed.hashes) all.set(index, hash);
  const hashes: Uint8Array[] = [];
  for (let index = from; index < to; index += 1) {
    const hash = all.get(index);
    if (hash === undefined) return undefined;
    hashes.push(hash);
  }
  return hashes;
}

/** A pass as the job records it. */
export interface PassRecord extends Recorded {
  readonly number: number;
  /** signed state up to which it reads: entries, and the root in base64 */
  readonly size: number;
  readonly root: string;
  readonly next: number;
  /** base64, undefined after a missing entry */
  readonly frontier?: string;
}

/** The memory of the job `reverifyLog`. @param app pool of the database */
export const reverifyMemory = (app: object): PassMemory<PassRecord> => passMemory(app, 'reverifyLog');

export const recordOf = (
  { number, goal, tree, next }: Pass,
  { at, findings }: Pick<Recorded, 'at' | 'findings'>,
): PassRecord => ({
  at,
  findings,
  number,
  size: goal.size,
  root: Buffer.from(goal.root).toString('base64'),
  next,
  ...(tree === undefined ? {} : { frontier: Buffer.from(packFrontier(tree.frontier)).toString('base64') }),
});

export const passOf = ({ number, size, root, next, frontier }: PassRecord): Pass => ({
  number,
  goal: { size, root: Buffer.from(root, 'base64') },
  next,
  tree: frontier === undefined ? undefined : unpackTree(next, Buffer.from(frontier, 'base64')),
});

/** The pass that this process knows, or that another process has recorded since. @param now Unix milliseconds */
export async function knownPass(app: Pool, now: number): Promise<PassRecord | undefined> {
  const stored = await stateOfJob(app, 'reverifyLog');
  return reverifyMemory(app).last(stored?.state, sealingOf(app)?.digests?.key, now);
}
