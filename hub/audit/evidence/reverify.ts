/**
 * Re-verification inside the hub: bytes against stored hashes, search columns against bytes, everything against the signed root.
 * The tree does not protect the columns, so nothing but this comparison does.
 */
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import { leafHash, sameHash } from '../../../log/hash.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { emptyTree, growTree } from '../../../log/tree/growTree.ts';
import { Problem } from '../../../terms/problem.ts';
import { entriesBetween, type StoredEntry } from '../../store/auditEntries.ts';
import { columnsOf } from '../columns.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';

const chunk = 5_000;
const mostFindings = 1_000;

/** Whether the search columns are those of the leaf. False also when the leaf cannot be read. */
export function columnsAgree({ leaf, columns }: StoredEntry): boolean {
  try {
    const expected = columnsOf(parseLeaf(leaf));
    return (Object.keys(expected) as (keyof typeof expected)[]).every(
      (name) => expected[name] === columns[name],
    );
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/**
 * Reads the whole log up to the newest checkpoint.
 * @returns what is wrong, each with index and exchange; empty when every byte and column is as it was signed
 */
export async function reverifyLog(access: LogAccess): Promise<LogFinding[]> {
  const { size, root } = newestCheckpoint(access);
  const findings: LogFinding[] = [];
  let tree = emptyTree;
  for (let from = 0; from < size; from += chunk) {
    const entries = await entriesBetween(access.database.app, from, Math.min(from + chunk, size));
    for (const entry of entries) findings.push(...entryFindings(entry));
    findings.push(...gaps(entries, from, Math.min(from + chunk, size)));
    tree = growTree(
      tree,
      entries.map((entry) => entry.hash),
    ).state;
    if (findings.length >= mostFindings) return findings.slice(0, mostFindings);
  }
  // the stored hashes themselves were altered: which of them cannot be told from inside
  if (!sameHash(tree.root, root)) findings.push(logFinding('root_mismatch', { first: 0, last: size - 1 }));
  return findings;
}

/** What is wrong with one entry, seen from its own row. */
export function entryFindings(entry: StoredEntry): LogFinding[] {
  const at = { index: entry.index, exchange: entry.columns.id };
  if (!sameHash(leafHash(entry.leaf), entry.hash)) return [logFinding('entry_altered', at)];
  return columnsAgree(entry) ? [] : [logFinding('columns_altered', { ...at, exchange: idOf(entry) })];
}

/** The id in the leaf: the column may be what was altered. */
function idOf({ leaf, columns }: StoredEntry): string {
  try {
    return parseLeaf(leaf).id;
  } catch {
    return columns.id;
  }
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
