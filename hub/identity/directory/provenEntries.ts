/** The log entries that database rows point to, as far as a signed state of the log proves them. The rows themselves prove nothing. */
import { openCheckpoint } from '../../../log/checkpoint.ts';
import { leafHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { AuditPaths } from '../../../log/tree/auditPaths.ts';
import type { TreeState } from '../../../log/tree/growTree.ts';
import { Problem } from '../../../terms/problem.ts';
import type { AuditLog } from '../../log/draft.ts';
import { newestCheckpoint, type LogAccess } from '../../log/evidence/logAccess.ts';
import { StoredTree } from '../../log/prover.ts';
import { leafIn } from '../../log/search/leaves.ts';
import { checkpointsAbove } from '../../log/store/checkpoints.ts';
import { entriesOfExchanges } from '../../log/store/entries.ts';

/** What reading the log to its end needs. */
export interface RootAccess extends LogAccess {
  readonly audit: LogAccess['audit'] & Pick<AuditLog, 'storedTree'>;
}

export interface PointedTo {
  /** the earlier first */
  readonly proven: readonly Leaf[];
  /**
   * entries after the newest proven one that cannot be decided, because an entry is missing that all their proofs need; the earlier first
   */
  readonly doubtful: readonly Leaf[];
  /** index of that entry, if any */
  readonly missing?: number;
}

interface Candidate {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly leaf: Leaf;
}

type State = Pick<TreeState, 'size' | 'root'> & Partial<Pick<TreeState, 'frontier'>>;
/** Whether an entry is in a state of the log. A number is the index of a missing entry, without which this cannot be decided. */
type Prover = (one: Candidate) => Promise<boolean | number>;

/** entries read at once: an actor with write access to the rows may name any number of entries */
const portion = 500;

/**
 * @param counts what an entry must report: other entries are not proven, because rows could name thousands of them
 * @throws Problem log_inconsistent
 */
export async function provenEntries(
  access: RootAccess,
  exchanges: readonly string[],
  counts: (leaf: Leaf) => boolean,
): Promise<PointedTo> {
  const candidates = await candidatesOf(access, exchanges, counts);
  if (candidates.length === 0) return { proven: [], doubtful: [] };
  // read after the rows that point to it, so it contains the entry that wrote them
  const atHead = proverOf(access, await access.audit.storedTree());
  const proven: Leaf[] = [];
  let doubtful: Leaf[] = [];
  let missing: number | undefined;
  for (const one of candidates) {
    const reported = await verdictOn(access, one, atHead);
    if (reported === true) {
      proven.push(one.leaf);
      doubtful = [];
    } else if (typeof reported === 'number') {
      doubtful.push(one.leaf);
      missing = reported;
    }
  }
  return { proven, doubtful, ...(doubtful.length === 0 || missing === undefined ? {} : { missing }) };
}

async function candidatesOf(
  { database }: RootAccess,
  exchanges: readonly string[],
  counts: (leaf: Leaf) => boolean,
): Promise<readonly Candidate[]> {
  const wanted = [...new Set(exchanges)];
  const found: Candidate[] = [];
  for (let at = 0; at < wanted.length; at += portion) {
    const requested = new Set(wanted.slice(at, at + portion));
    for (const { index, leaf: bytes } of await entriesOfExchanges(database.app, [...requested])) {
      const leaf = leafIn(bytes);
      if (leaf !== undefined && requested.has(leaf.id) && counts(leaf)) found.push({ index, bytes, leaf });
    }
  }
  return found.sort((a, b) => a.index - b.index);
}

/** Proves the entry by the present log. If an entry is missing or differs, uses the state with the fewest entries after this one. */
async function verdictOn(access: RootAccess, one: Candidate, atHead: Prover): Promise<boolean | number> {
  const now = await atHead(one);
  if (now === true) return true;
  for (const state of await statesWith(access, one.index))
    if ((await proverOf(access, state)(one)) === true) return true;
  return now;
}

function proverOf({ database }: RootAccess, { size, root, frontier }: State): Prover {
  const tree = new StoredTree(database.app, size, { frontier });
  const paths = new AuditPaths(size, root);
  return async ({ index, bytes }) => {
    if (index >= size) return false;
    try {
      return paths.includes(index, leafHash(bytes), await tree.inclusionProof(index));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'log_entry_missing') throw error;
      return Number(error.facts['index']);
    }
  };
}

/**
 * Signed states of the log that hold an entry: the earliest stored one, whose proofs every later one needs too, and this process's
 * newest.
 */
async function statesWith(access: RootAccess, index: number): Promise<readonly State[]> {
  const newest = newestCheckpoint(access);
  const others = newest.size > index ? [newest] : [];
  const trusted = access.keys.log.verifiers();
  // skips sizes that the hub did not sign, in at most 10 reads of 1,000
  for (let from = index, read = 0; read < 10; read += 1) {
    const stored = await checkpointsAbove(access.database.app, from, 1000);
    for (const { size, note } of stored)
      try {
        const checkpoint = openCheckpoint(note, trusted);
        if (checkpoint.size === size) return [checkpoint, ...others];
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
    const last = stored.at(-1);
    if (last === undefined) break;
    from = last.size;
  }
  return others;
}
