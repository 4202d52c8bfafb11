/** Verification of an evidence pack, alone or against checkpoints and receipts that somebody kept. */
import { Problem } from '../../terms/problem.ts';
import { openCheckpoint, type Checkpoint } from '../checkpoint.ts';
import { logFinding, type LogFinding } from '../finding.ts';
import { leafHash, sameHash } from '../hash.ts';
import type { Leaf } from '../leaf.ts';
import type { NoteVerifier } from '../note/noteKey.ts';
import { parseLeaf } from '../parseLeaf.ts';
import { verifyReceipt, type ReceiptEvidence } from '../receipt/verifyReceipt.ts';
import { LeafTree } from '../tree/leafTree.ts';
import { isConsistent, isIncluded } from '../tree/verifyProof.ts';
import { exchangeOf } from './exchangeOf.ts';
import { parsePack, type Pack, type PackEntry } from './pack.ts';

/** A text with the name of the file it came from. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** A receipt, with what it is about where that was kept too. */
export type NamedReceipt = NamedText & Pick<ReceiptEvidence, 'replyDigest' | 'requestHash'>;

export interface PackEvidence {
  /** public keys of the log */
  readonly keys: readonly NoteVerifier[];
  /** checkpoints kept outside: by a department, a witness, a time stamp */
  readonly checkpoints?: readonly NamedText[];
  /** receipts that came with replies */
  readonly receipts?: readonly NamedReceipt[];
}

export interface PackCheck {
  readonly ok: boolean;
  readonly findings: readonly LogFinding[];
  /** present when a trusted key signed it */
  readonly checkpoint?: Checkpoint;
  /** the entries that are proven and well-formed */
  readonly entries: readonly { readonly index: number; readonly leaf: Leaf }[];
  /** whether every entry of the log up to the checkpoint is in the pack */
  readonly whole: boolean;
}

/** Never throws on any pack: what is wrong with it is a finding. */
export function verifyPack(file: unknown, evidence: PackEvidence): PackCheck {
  const findings: LogFinding[] = [];
  const pack = attempt(
    () => parsePack(file),
    (why) => findings.push(logFinding('pack_malformed', { why })),
  );
  const checkpoint =
    pack &&
    attempt(
      () => openCheckpoint(pack.checkpoint, evidence.keys),
      (why) => findings.push(logFinding('checkpoint_invalid', { why, path: 'checkpoint' })),
    );
  // without a trusted root nothing else can be said
  if (pack === undefined || checkpoint === undefined)
    return { ok: false, findings, entries: [], whole: false };
  const entries = verifyEntries(pack, checkpoint, findings);
  const whole = entries.length === checkpoint.size;
  const heads = new KnownHeads(checkpoint, whole ? pack.entries : []);
  verifyHistory(pack, heads, evidence.keys, findings);
  for (const { name, text } of evidence.checkpoints ?? []) {
    const kept = attempt(
      () => openCheckpoint(text, evidence.keys),
      (why) => findings.push(logFinding('checkpoint_invalid', { why, path: name })),
    );
    if (kept !== undefined) findings.push(...heads.contradictions(kept, name));
  }
  for (const receipt of evidence.receipts ?? [])
    compareReceipt(receipt, pack, heads, evidence.keys, findings);
  return { ok: findings.length === 0, findings, checkpoint, entries, whole };
}

function verifyEntries(
  { entries }: Pack,
  { size, root }: Checkpoint,
  findings: LogFinding[],
): { readonly index: number; readonly leaf: Leaf }[] {
  const proven: { index: number; leaf: Leaf }[] = [];
  let former = -1;
  for (const [at, { index, leaf: bytes, proof }] of entries.entries()) {
    const path = `entries/${at}`;
    if (index <= former) findings.push(logFinding('entry_order', { index, path }));
    const ordered = index > former;
    former = Math.max(former, index);
    const leaf = attempt(
      () => parseLeaf(bytes),
      (why) => findings.push(logFinding('leaf_malformed', { index, path, why })),
    );
    const included = isIncluded(index, size, leafHash(bytes), proof, root);
    if (!included) {
      findings.push(
        logFinding('leaf_not_included', { index, path, exchange: leaf?.id ?? exchangeOf(bytes) }),
      );
    }
    if (ordered && included && leaf !== undefined) proven.push({ index, leaf });
  }
  return proven;
}

function verifyHistory(
  { history }: Pack,
  heads: KnownHeads,
  keys: readonly NoteVerifier[],
  findings: LogFinding[],
): void {
  let former = -1;
  for (const [at, { checkpoint: note, proof }] of history.entries()) {
    const path = `history/${at}`;
    const older = attempt(
      () => openCheckpoint(note, keys),
      (why) => findings.push(logFinding('history_invalid', { size: '?', path, why })),
    );
    if (older === undefined) continue;
    const { size } = older;
    if (size <= former) findings.push(logFinding('history_order', { size, path }));
    former = Math.max(former, size);
    if (older.origin !== heads.newest.origin || !isConsistent(older, heads.newest, proof)) {
      findings.push(logFinding('history_inconsistent', { size, path }));
    } else {
      heads.add(older);
    }
  }
}

/** Heads of the log that the pack proves to be states of one and the same log. */
class KnownHeads {
  readonly newest: Checkpoint;
  readonly #roots = new Map<number, Uint8Array>();
  /** present when every leaf is at hand: then the root of any size is known */
  readonly #tree: LeafTree | undefined;

  constructor(newest: Checkpoint, all: readonly PackEntry[]) {
    this.newest = newest;
    this.#roots.set(newest.size, newest.root);
    this.#tree = all.length === 0 ? undefined : new LeafTree(all.map(({ leaf }) => leafHash(leaf)));
  }

  add({ size, root }: Checkpoint): void {
    this.#roots.set(size, root);
  }

  /** The root at a size, undefined where nothing here tells it. */
  #rootAt(size: number): Uint8Array | undefined {
    return this.#roots.get(size) ?? (this.#tree === undefined ? undefined : this.#tree.root(size));
  }

  /** What is wrong with a checkpoint that was kept. @param path the file it came from */
  contradictions(kept: Checkpoint, path: string): LogFinding[] {
    const { size } = kept;
    if (kept.origin !== this.newest.origin) return [logFinding('kept_inconsistent', { size, path })];
    if (size > this.newest.size) return [logFinding('kept_newer', { size, path })];
    const root = this.#rootAt(size);
    if (root === undefined) return [logFinding('kept_unproven', { size, path })];
    return sameHash(root, kept.root) ? [] : [logFinding('kept_inconsistent', { size, path })];
  }
}

function compareReceipt(
  { name, text, ...about }: NamedReceipt,
  pack: Pack,
  heads: KnownHeads,
  keys: readonly NoteVerifier[],
  findings: LogFinding[],
): void {
  const check = verifyReceipt(text, { anchors: { logKeys: keys }, ...about });
  findings.push(...check.findings.map((finding) => ({ ...finding, path: name })));
  const { receipt, checkpoint } = check;
  if (receipt === undefined || checkpoint === undefined) return;
  const { index } = receipt.proof;
  const entry = pack.entries.find((one) => one.index === index);
  if (entry !== undefined && !sameHash(entry.leaf, receipt.leaf)) {
    findings.push(logFinding('receipt_contradicts', { index, exchange: receipt.exchange, path: name }));
  }
  // its entry shown again in this tree is proof enough; its checkpoint is compared wherever it can be
  const told = heads
    .contradictions(checkpoint, name)
    .filter(({ code }) => code !== 'kept_unproven' || entry === undefined);
  findings.push(...told);
}

function attempt<T>(action: () => T, failed: (problem: Problem) => void): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failed(error);
    return undefined;
  }
}
