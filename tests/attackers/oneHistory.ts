/** After kills: what was acknowledged is in the log where its receipt states, and no two roots that were ever signed disagree. */
import assert from 'node:assert/strict';
import type { QueryResultRow } from 'pg';
import { openCheckpoint } from '../../log/checkpoint.ts';
import type { NoteVerifier } from '../../log/note/noteKey.ts';
import { parseReceipt } from '../../log/receipt/receipt.ts';
import { emptyTree, growTree } from '../../log/tree/growTree.ts';

/** The log's database: a pool or a connection. */
interface Reader {
  query<T extends QueryResultRow>(statement: string): Promise<{ readonly rows: readonly T[] }>;
}

/** What a caller holds of an answer. */
interface Acknowledged {
  readonly exchange: string;
  readonly receipt: string;
}

/**
 * Fails where the log has a gap or two histories.
 * @returns the acknowledged answers that are not in the log, and how many entries and checkpoints it has
 */
export async function oneHistory<T extends Acknowledged>(
  reader: Reader,
  logKey: NoteVerifier,
  acknowledged: readonly T[],
): Promise<{ readonly missing: readonly T[]; readonly entries: number; readonly checkpoints: number }> {
  const { rows: log } = await reader.query<{ idx: string; id: string; hash: Buffer }>(
    'SELECT idx, id, hash FROM audit_entry ORDER BY idx',
  );
  log.forEach(({ idx }, at) => assert.equal(Number(idx), at, 'no index is missing'));
  const roots: string[] = [];
  let tree = emptyTree;
  for (const { hash } of log) {
    tree = growTree(tree, [hash]).state;
    roots[tree.size] = Buffer.from(tree.root).toString('hex');
  }
  /** @returns whether the log has so many entries and this root */
  const isOfLog = (note: string): boolean => {
    const { size, root } = openCheckpoint(note, [logKey]);
    return roots[size] === Buffer.from(root).toString('hex');
  };
  const missing = acknowledged.filter(({ exchange, receipt }) => {
    const { proof } = parseReceipt(receipt);
    return log[proof.index]?.id !== exchange || !isOfLog(proof.checkpoint);
  });
  const { rows: notes } = await reader.query<{ note: string }>('SELECT note FROM audit_checkpoint');
  for (const { note } of notes) assert.ok(isOfLog(note), 'one root of each size');
  return { missing, entries: log.length, checkpoints: notes.length };
}
