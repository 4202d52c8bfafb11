/**
 * Re-verification in constant portions. One pass reads the whole log up to the checkpoint that was current when it began. The state
 * carried between portions is small and sealed, so that write access to the database cannot make a pass skip entries.
 */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import { sameHash } from '../../../log/hash.ts';
import { extendByHashes } from '../../../log/tree/extendTree.ts';
import { emptyTree, packFrontier, unpackTree, type TreeState } from '../../../log/tree/growTree.ts';
import { scanEntries, type StoredEntry } from '../store/entries.ts';
import { remaindersBetween } from '../erasure.ts';
import { destroyedBetween, type Destroyed } from '../retention/destroyed.ts';
import type { IndexedEntry } from '../search/indexEntries.ts';
import { indexFindings } from '../search/indexFindings.ts';
import { followedIn } from '../search/leaves.ts';
import { chunkSize } from '../search/places.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';
import { entryFindings, gaps, heldSubjects, leafSaid, tileFindings } from './reverify.ts';

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

/** Result of one portion. */
interface Portion {
  readonly pass: Pass;
  readonly findings: readonly LogFinding[];
  /** errors that prevented the comparison of chunks of the search index */
  readonly failures: readonly unknown[];
}

/** Entries read at once. */
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
  const reader = access.database.app;
  const { goal } = before;
  // portions end at chunk boundaries of the search index, so that each chunk is compared whole
  const end = Math.min(Math.ceil((before.next + count) / chunkSize) * chunkSize, goal.size);
  const findings: LogFinding[] = [];
  const failures: unknown[] = [];
  let { tree } = before;
  for (let from = before.next; from < end; from += chunk) {
    const to = Math.min(from + chunk, end);
    const entries = await scanEntries(reader, from, to);
    const subjects = await heldSubjects(reader, from, to);
    const erased = await remaindersBetween(reader, from, to);
    const said: IndexedEntry[] = [];
    for (const entry of entries) {
      const { index } = entry;
      const leaf = leafSaid(entry);
      const own = entryFindings(entry, subjects.get(index) ?? [], erased.get(index), leaf);
      findings.push(...own);
      // bytes other than those hashed do not show the original content
      const isAsHashed = !own.some(({ code }) => code === 'entry_altered');
      said.push({ index, leaf: isAsHashed ? leaf && followedIn(leaf) : undefined });
    }
    const destroyed = await destroyedBetween(reader, from, to);
    const missing = gaps(entries, from, to).filter(({ index = -1 }) => !destroyed.hashes.has(index));
    findings.push(...missing, ...destroyed.findings, ...putBack(entries, destroyed));
    findings.push(...(await tileFindings(reader, from, to, entries)));
    for (let first = from; first < to; first += chunkSize)
      try {
        findings.push(
          ...(await indexFindings(reader, first, Math.min(first + chunkSize, to), {
            entries: said,
            destroyed: destroyed.hashes,
          })),
        );
      } catch (error) {
        failures.push(error);
      }
    const hashes = hashesOf(entries, destroyed, from, to);
    tree = tree === undefined || hashes === undefined ? undefined : extendByHashes(tree, hashes);
  }
  const pass = { ...before, tree, next: end };
  if (isOver(pass) && tree !== undefined && !sameHash(tree.root, goal.root)) {
    findings.push(logFinding('root_mismatch', { first: 0, last: goal.size - 1 }));
  }
  return { pass, findings, failures };
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

/** A pass as stored, with a MAC under a key that is not in the database. */
export function sealPass({ number, goal, tree, next }: Pass, key: KeyObject): { pass: string; mac: string } {
  const pass = JSON.stringify({
    number,
    size: goal.size,
    root: Buffer.from(goal.root).toString('base64'),
    next,
    ...(tree === undefined ? {} : { frontier: Buffer.from(packFrontier(tree.frontier)).toString('base64') }),
  });
  return { pass, mac: macOf(pass, key).toString('base64') };
}

/** A stored pass, undefined if there is none or its MAC does not match. */
export function openPass(retained: unknown, key: KeyObject): Pass | undefined {
  if (typeof retained !== 'object' || retained === null) return undefined;
  const { pass, mac } = retained as { readonly pass?: unknown; readonly mac?: unknown };
  if (typeof pass !== 'string' || typeof mac !== 'string') return undefined;
  const given = Buffer.from(mac, 'base64');
  const expected = macOf(pass, key);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const read = JSON.parse(pass) as {
    number: number;
    size: number;
    root: string;
    next: number;
    frontier?: string;
  };
  return {
    number: read.number,
    goal: { size: read.size, root: Buffer.from(read.root, 'base64') },
    next: read.next,
    tree:
      read.frontier === undefined ? undefined : unpackTree(read.next, Buffer.from(read.frontier, 'base64')),
  };
}

const macOf = (pass: string, key: KeyObject): Buffer =>
  createHmac('sha256', key).update(`datong reverification pass 1\n${pass}`).digest();
