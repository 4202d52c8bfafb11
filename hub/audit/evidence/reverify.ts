/**
 * Re-verification inside the hub: bytes against stored hashes, search columns and subject rows against bytes, everything against the
 * signed root. The tree protects neither columns nor subject rows, so nothing but this comparison does.
 */
import { subjectsCommitment } from '../../../log/commitment.ts';
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import { leafHash, sameHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { emptyTree, growTree, type TreeState } from '../../../log/tree/growTree.ts';
import { Problem } from '../../../terms/problem.ts';
import { entriesBetween, type StoredEntry } from '../../store/auditEntries.ts';
import { subjectsBetween, type SubjectRow } from '../../store/auditSubjects.ts';
import { columnsOf } from '../columns.ts';
import { keptCheckpoints, newestCheckpoint, type KeptCheckpoint, type LogAccess } from './logAccess.ts';

const chunk = 5_000;
const mostFindings = 1_000;
const mostCheckpoints = 100_000;

/** The leaf, undefined when its bytes are no entry any more. */
function leafOf({ leaf }: StoredEntry): Leaf | undefined {
  try {
    return parseLeaf(leaf);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** Whether the search columns are those of the leaf. False also when the leaf cannot be read. */
export function columnsAgree(entry: StoredEntry): boolean {
  const leaf = leafOf(entry);
  if (leaf === undefined) return false;
  const expected = columnsOf(leaf);
  return (Object.keys(expected) as (keyof typeof expected)[]).every(
    (name) => expected[name] === entry.columns[name],
  );
}

/**
 * Reads the whole log up to the newest checkpoint.
 * @returns what is wrong, each with index and exchange where they can be told; empty when every byte, column and subject row is as it
 * was written
 */
export async function reverifyLog(access: LogAccess): Promise<LogFinding[]> {
  const reader = access.database.app;
  const { size, root } = newestCheckpoint(access);
  const findings: LogFinding[] = [];
  const prefixes = new SignedPrefixes(await keptCheckpoints(access, size, mostCheckpoints));
  let tree = emptyTree;
  for (let from = 0; from < size && findings.length < mostFindings; from += chunk) {
    const to = Math.min(from + chunk, size);
    const entries = await entriesBetween(reader, from, to);
    const subjects = byEntry(await subjectsBetween(reader, from, to));
    for (const entry of entries) findings.push(...entryFindings(entry, subjects.get(entry.index) ?? []));
    findings.push(...gaps(entries, from, to));
    tree = prefixes.grow(tree, entries);
  }
  const complete = tree.size === size && findings.every((finding) => finding.code !== 'entry_missing');
  if (complete && !sameHash(tree.root, root)) {
    findings.push(logFinding('root_mismatch', { first: prefixes.good, last: (prefixes.bad ?? size) - 1 }));
  }
  return findings.slice(0, mostFindings);
}

/** What is wrong with one entry, seen from its own rows. */
export function entryFindings(entry: StoredEntry, subjects: readonly SubjectRow[]): LogFinding[] {
  const leaf = leafOf(entry);
  // the column may be what was altered: the leaf's own id is told where it can be read
  const at = { index: entry.index, exchange: leaf?.id ?? entry.columns.id };
  if (!sameHash(leafHash(entry.leaf), entry.hash)) return [logFinding('entry_altered', at)];
  return [
    ...(columnsAgree(entry) ? [] : [logFinding('columns_altered', at)]),
    ...(subjectsAgree(leaf, subjects) ? [] : [logFinding('subjects_altered', at)]),
  ];
}

/** No row is no contradiction: subject rows may be deleted, and then the entry says nothing about anybody. */
function subjectsAgree(leaf: Leaf | undefined, rows: readonly SubjectRow[]): boolean {
  const [row, ...others] = rows;
  if (row === undefined) return true;
  const said = leaf?.subjects;
  return (
    others.length === 0 &&
    said?.count === row.tokens.length &&
    said.commitment === subjectsCommitment(row.tokens, row.salt)
  );
}

/** Subject rows by the index of their entry. */
export function byEntry(rows: readonly SubjectRow[]): Map<number, SubjectRow[]> {
  const grouped = new Map<number, SubjectRow[]>();
  for (const row of rows) grouped.set(row.index, [...(grouped.get(row.index) ?? []), row]);
  return grouped;
}

function gaps(entries: readonly StoredEntry[], from: number, to: number): LogFinding[] {
  if (entries.length === to - from) return [];
  const present = new Set(entries.map((entry) => entry.index));
  const missing: LogFinding[] = [];
  for (let index = from; index < to; index += 1) {
    if (!present.has(index)) missing.push(logFinding('entry_missing', { index }));
  }
  return missing;
}

/** Grows a tree from stored hashes and compares it with every signed state on the way, so that a false hash is confined. */
class SignedPrefixes {
  readonly #heads: readonly KeptCheckpoint[];
  #next = 0;
  /** the largest signed size up to which everything agrees */
  good = 0;
  /** the smallest signed size that disagrees */
  bad: number | undefined;

  constructor(heads: readonly KeptCheckpoint[]) {
    this.#heads = heads;
  }

  grow(before: TreeState, entries: readonly StoredEntry[]): TreeState {
    const hashes = entries.map((entry) => entry.hash);
    let tree = before;
    let taken = 0;
    for (
      let head = this.#heads[this.#next];
      head !== undefined && head.size <= before.size + hashes.length;
      head = this.#heads[this.#next]
    ) {
      const until = head.size - before.size;
      tree = growTree(tree, hashes.slice(taken, until)).state;
      taken = Math.max(taken, until);
      if (this.bad === undefined && sameHash(tree.root, head.root)) this.good = head.size;
      else this.bad ??= head.size;
      this.#next += 1;
    }
    return growTree(tree, hashes.slice(taken)).state;
  }
}
