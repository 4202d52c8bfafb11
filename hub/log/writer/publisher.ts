/**
 * Signs durable entries, returns proofs, and stores the newest checkpoint: in memory, in the file outside the database, in the database.
 */
import type { TreeState } from '../../../log/tree/growTree.ts';
import { storeCheckpoint } from '../store/checkpoints.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { LogHead } from '../head.ts';
import type { HighWater } from '../highWater.ts';
import { StoredTree } from '../prover.ts';
import type { FlushPlan } from './planFlush.ts';
import type { Waiting } from './waiting.ts';

/** between checkpoints that are stored in the database, for the history of packs */
const storeEveryMs = 10_000;

/** A checkpoint, with the statements that link earlier keys of the log to the key that signed it. */
export interface SignedTree {
  /** C2SP signed note */
  readonly checkpoint: string;
  /** statements of log/note/keyRotation.ts, newest last */
  readonly rotations: readonly string[];
}

export type SignTree = (tree: TreeState) => SignedTree;

export class Publisher {
  private readonly signTree: SignTree;
  private readonly highWater: HighWater;
  private readonly pool: Pool;
  private newestNote: string;
  /** the note's tree */
  private newestTree: TreeState;
  private storedAt = Number.NEGATIVE_INFINITY;

  constructor(signTree: SignTree, highWater: HighWater, pool: Pool, { tree }: LogHead) {
    this.signTree = signTree;
    this.highWater = highWater;
    this.pool = pool;
    this.newestTree = tree;
    this.newestNote = signTree(tree).checkpoint;
  }

  /** The newest checkpoint. */
  get note(): string {
    return this.newestNote;
  }

  /** The tree of the newest checkpoint: with its frontier, proofs read no nodes of the incomplete right edge. */
  get tree(): TreeState {
    return this.newestTree;
  }

  /** Returns the places of a flush's entries to their callers. Called after its commit is known, never before. */
  settle({ batch, growth, head, first }: FlushPlan): void {
    const signed = this.sign(head);
    for (const [at, waiting] of batch.entries()) {
      waiting.settle({ index: first + at, proof: growth.pathOf(first + at), ...signed });
    }
  }

  /** The same for an entry of a flush whose answer was lost: its proof is read from the store. */
  async settleArrived(waiting: Waiting, index: number, head: LogHead): Promise<void> {
    const proof = await new StoredTree(this.pool, head.tree.size).inclusionProof(index);
    waiting.settle({ index, proof, ...this.sign(head) });
  }

  /** Signs a head that other processes have moved, although this process has appended nothing. */
  follow(head: LogHead): void {
    this.sign(head);
  }

  async close(): Promise<void> {
    await this.highWater.flush();
    await this.storeNewest();
  }

  private sign({ tree }: LogHead): SignedTree {
    const signed = this.signTree(tree);
    // a flush may be settled after a later one was read by catching up
    if (tree.size >= this.newestTree.size) {
      this.newestTree = tree;
      this.newestNote = signed.checkpoint;
      this.highWater.record(tree, signed.checkpoint);
      if (performance.now() - this.storedAt > storeEveryMs) void this.storeNewest();
    }
    return signed;
  }

  /** No function depends on it, so a failure is ignored. */
  private async storeNewest(): Promise<void> {
    this.storedAt = performance.now();
    await storeCheckpoint(this.pool, this.newestTree.size, this.newestNote).catch(() => undefined);
  }
}
