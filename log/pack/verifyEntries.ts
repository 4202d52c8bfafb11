/** Verifies every entry of a log, page by page, against its newest checkpoint and stored checkpoints. */
import { Problem } from '../../terms/problem.ts';
import { openCheckpoint, type Checkpoint } from '../checkpoint.ts';
import { logFinding, type LogFinding } from '../finding.ts';
import { leafHash, sameHash } from '../hash.ts';
import type { NoteVerifier } from '../note/noteKey.ts';
import { checkLeaf } from '../parseLeaf.ts';
import { exchangeOf } from './provenEntry.ts';
import { LeafTree } from '../tree/leafTree.ts';
import type { NamedText } from './verifyPack.ts';

/** An entry as returned to auditors by the hub. */
export interface ListedEntry {
  readonly index: number;
  readonly leaf: Uint8Array;
  /** the leaf hash that the hub stored when it wrote the entry: shows which leaf was altered, and is not trusted by itself */
  readonly hash?: Uint8Array;
  /** the hub found that the search columns do not match the leaf */
  readonly columnsAltered?: boolean;
}

/** Takes entries from index 0 on, in order. */
export class EntriesCheck {
  private readonly leaves = new LeafTree();
  /** hashes of the leaves, and the hub's own hashes that differ from them */
  private readonly hashes: Uint8Array[] = [];
  private readonly others = new Map<number, Uint8Array>();
  private readonly findings: LogFinding[] = [];
  private readonly altered: LogFinding[] = [];

  /** Entries taken so far: the index of the next one. */
  get size(): number {
    return this.leaves.size;
  }

  /** @returns false when the entry is not the next one; then the check cannot continue */
  add({ index, leaf, hash, columnsAltered }: ListedEntry): boolean {
    if (index !== this.size) return false; // `finish` reports the missing one
    const computed = leafHash(leaf);
    this.leaves.append(computed);
    this.hashes.push(computed);
    if (hash !== undefined && !sameHash(computed, hash)) {
      this.others.set(index, hash);
      this.altered.push(logFinding('entry_altered', { index, exchange: exchangeOf(leaf) }));
    } else if (columnsAltered === true) {
      this.findings.push(logFinding('columns_altered', { index, exchange: exchangeOf(leaf) }));
    }
    try {
      checkLeaf(leaf);
    } catch (why) {
      if (!(why instanceof Problem)) throw why;
      this.findings.push(logFinding('leaf_malformed', { index, why }));
    }
    return true;
  }

  /** Takes the retained hash of a destroyed entry as the next one. The caller must check that an entry records the destruction. */
  addDestroyed(hash: Uint8Array): void {
    this.leaves.append(hash);
    this.hashes.push(hash);
  }

  /**
   * Returns the findings, once every entry up to the checkpoint was added.
   * @param retained checkpoints from outside
   */
  finish(
    checkpoint: Checkpoint,
    keys: readonly NoteVerifier[],
    retained: readonly NamedText[],
  ): readonly LogFinding[] {
    const findings = [...this.findings, ...this.altered];
    if (this.size < checkpoint.size) return [...findings, logFinding('entry_missing', { index: this.size })];
    const sound = sameHash(this.leaves.root(checkpoint.size), checkpoint.root);
    const named = !sound && sameHash(this.storedRoot(checkpoint.size), checkpoint.root);
    const heads = retained.map((one) => this.compare(one, keys, checkpoint.origin, named));
    findings.push(...heads.flatMap((head) => head.findings));
    // if the stored hashes lead to the signed root, exactly the entries that differ from them were altered
    if (sound || named) return findings;
    const good = heads.flatMap((head) => (head.agrees === true ? [head.size] : []));
    const bad = heads.flatMap((head) => (head.agrees === false ? [head.size] : []));
    const first = Math.max(0, ...good);
    return [...findings, logFinding('root_mismatch', { first, last: Math.min(checkpoint.size, ...bad) - 1 })];
  }

  /** The root of the hashes that the hub stored when it wrote the entries. */
  private storedRoot(size: number): Uint8Array {
    return new LeafTree(this.hashes.map((own, at) => this.others.get(at) ?? own)).root(size);
  }

  private compare(
    { name: path, text }: NamedText,
    keys: readonly NoteVerifier[],
    origin: string,
    /** the stored hashes lead to the signed root: the tree is that of the log, though bytes of its entries were altered */
    named: boolean,
  ): { readonly size: number; readonly agrees?: boolean; readonly findings: LogFinding[] } {
    let retained: Checkpoint;
    try {
      retained = openCheckpoint(text, keys);
    } catch (why) {
      if (!(why instanceof Problem)) throw why;
      return { size: 0, findings: [logFinding('checkpoint_invalid', { why, path })] };
    }
    const { size } = retained;
    if (size > this.size) return { size, findings: [logFinding('kept_newer', { size, path })] };
    const root = named ? this.storedRoot(size) : this.leaves.root(size);
    const agrees = retained.origin === origin && sameHash(root, retained.root);
    return { size, agrees, findings: agrees ? [] : [logFinding('kept_inconsistent', { size, path })] };
  }
}
