/** Verification of an evidence pack, alone or against checkpoints and receipts that somebody kept. */
import { Problem } from '../../terms/problem.ts';
import { openCheckpoint, type Checkpoint } from '../checkpoint.ts';
import { logFinding, type LogFinding } from '../finding.ts';
import { leafHash, sameHash } from '../hash.ts';
import type { NoteVerifier } from '../note/noteKey.ts';
import { checkLeaf } from '../parseLeaf.ts';
import type { Anchors } from '../anchors.ts';
import {
  verifyExchange,
  type ExchangeCheck,
  type ExchangeEvidence,
  type KeptMessages,
} from '../receipt/verifyExchange.ts';
import { LeafTree } from '../tree/leafTree.ts';
import type { LeafRange } from '../tree/proofRanges.ts';
import { AuditPaths } from '../tree/auditPaths.ts';
import { isConsistent } from '../tree/verifyProof.ts';
import { exchangeOf } from './exchangeOf.ts';
import { parsePack, type Pack } from './pack.ts';
import { isRangeIncluded } from './packRange.ts';

/** A text with the name of the file it came from. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** A receipt, with the messages it is about where they were kept too. */
export interface NamedReceipt extends NamedText, KeptMessages {
  /** messages beside it that are none: each is a finding */
  readonly unreadable?: readonly { readonly part: 'request' | 'reply'; readonly why: Problem }[];
}

export interface PackEvidence {
  /** public keys of the log */
  readonly keys: readonly NoteVerifier[];
  /** keys by which the hub signs replies; without them no reply's signature is checked */
  readonly hubKeys?: Anchors['hubKeys'];
  readonly operationOf?: ExchangeEvidence['operationOf'];
  /** checkpoints kept outside: by a department, a witness, a time stamp */
  readonly checkpoints?: readonly NamedText[];
  /** receipts that came with replies */
  readonly receipts?: readonly NamedReceipt[];
}

/** An entry that is in the log; `parseLeaf` reads its bytes. */
export interface ProvenEntry {
  readonly index: number;
  readonly bytes: Uint8Array;
}

export interface PackCheck {
  readonly ok: boolean;
  readonly findings: readonly LogFinding[];
  /** present when a trusted key signed it */
  readonly checkpoint?: Checkpoint;
  /** the entries that are proven and well-formed */
  readonly entries: readonly ProvenEntry[];
  /** whether every entry of the log up to the checkpoint is in the pack, and proven */
  readonly whole: boolean;
  /** what of the log is not proven here, ascending: nothing is said about these entries */
  readonly leftOut: readonly LeafRange[];
  /** how far each kept exchange was checked, by the name of its receipt */
  readonly exchanges: readonly { readonly name: string; readonly parts: ExchangeCheck['parts'] }[];
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
    return { ok: false, findings, entries: [], whole: false, leftOut: [], exchanges: [] };
  const entries = inOrder(
    [...verifyEntries(pack, checkpoint, findings), ...verifyRanges(pack, checkpoint, findings)],
    findings,
  );
  const whole = entries.length === checkpoint.size;
  const heads = new KnownHeads(checkpoint, whole ? entries : []);
  verifyHistory(pack, heads, evidence.keys, findings);
  for (const { name, text } of evidence.checkpoints ?? []) {
    const kept = attempt(
      () => openCheckpoint(text, evidence.keys),
      (why) => findings.push(logFinding('checkpoint_invalid', { why, path: name })),
    );
    if (kept !== undefined) findings.push(...heads.contradictions(kept, name));
  }
  const exchanges = (evidence.receipts ?? []).map((receipt) => ({
    name: receipt.name,
    parts: compareReceipt(receipt, { pack, entries }, heads, evidence, findings),
  }));
  const leftOut = rangesWithout(entries, checkpoint.size);
  return { ok: findings.length === 0, findings, checkpoint, entries, whole, leftOut, exchanges };
}

/** Each index once, ascending, whether it came alone or in a range. */
function inOrder(entries: readonly ProvenEntry[], findings: LogFinding[]): ProvenEntry[] {
  const sorted = [...entries].sort((a, b) => a.index - b.index);
  return sorted.filter(({ index }, at) => {
    const doubled = at > 0 && sorted[at - 1]?.index === index;
    if (doubled) findings.push(logFinding('entry_order', { index }));
    return !doubled;
  });
}

function verifyRanges({ ranges = [] }: Pack, checkpoint: Checkpoint, findings: LogFinding[]): ProvenEntry[] {
  return ranges.flatMap((range, at) => {
    const { first, leaves } = range;
    const path = `ranges/${at}`;
    if (!isRangeIncluded(range, checkpoint)) {
      findings.push(logFinding('range_not_included', { first, last: first + leaves.length - 1, path }));
      return [];
    }
    return leaves.flatMap((bytes, nth): ProvenEntry[] => {
      const index = first + nth;
      const formed = isLeaf(bytes, (why) =>
        findings.push(logFinding('leaf_malformed', { index, path: `${path}/leaves/${nth}`, why })),
      );
      return formed ? [{ index, bytes }] : [];
    });
  });
}

/** The ranges of a log that these entries, ascending, are not in. */
function rangesWithout(entries: readonly { readonly index: number }[], size: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let first = 0;
  for (const { index } of entries) {
    if (index > first) ranges.push({ first, end: index });
    first = index + 1;
  }
  if (first < size) ranges.push({ first, end: size });
  return ranges;
}

function verifyEntries({ entries }: Pack, { size, root }: Checkpoint, findings: LogFinding[]): ProvenEntry[] {
  const proven: ProvenEntry[] = [];
  const paths = new AuditPaths(size, root);
  let former = -1;
  for (const [at, { index, leaf: bytes, proof }] of entries.entries()) {
    const ordered = index > former;
    if (!ordered) findings.push(logFinding('entry_order', { index, path: `entries/${at}` }));
    former = Math.max(former, index);
    const formed = isLeaf(bytes, (why) =>
      findings.push(logFinding('leaf_malformed', { index, path: `entries/${at}`, why })),
    );
    const included = paths.includes(index, leafHash(bytes), proof);
    if (!included) {
      findings.push(
        logFinding('leaf_not_included', { index, path: `entries/${at}`, exchange: exchangeOf(bytes) }),
      );
    }
    if (ordered && included && formed) proven.push({ index, bytes });
  }
  return proven;
}

function isLeaf(bytes: Uint8Array, failed: (problem: Problem) => void): boolean {
  try {
    checkLeaf(bytes);
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failed(error);
    return false;
  }
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
  private readonly roots = new Map<number, Uint8Array>();
  /** every leaf, where all are at hand: then the root of any size is known */
  private readonly all: readonly ProvenEntry[];
  /** made when it is first asked for */
  private tree: LeafTree | undefined;

  constructor(newest: Checkpoint, all: readonly ProvenEntry[]) {
    this.newest = newest;
    this.roots.set(newest.size, newest.root);
    this.all = all;
  }

  add({ size, root }: Checkpoint): void {
    this.roots.set(size, root);
  }

  /** The root at a size, undefined where nothing here tells it. */
  private rootAt(size: number): Uint8Array | undefined {
    const known = this.roots.get(size);
    if (known !== undefined || this.all.length === 0) return known;
    this.tree ??= new LeafTree(this.all.map(({ bytes }) => leafHash(bytes)));
    return this.tree.root(size);
  }

  /** What is wrong with a checkpoint that was kept. @param path the file it came from */
  contradictions(kept: Checkpoint, path: string): LogFinding[] {
    const { size } = kept;
    if (kept.origin !== this.newest.origin) return [logFinding('kept_inconsistent', { size, path })];
    if (size > this.newest.size) return [logFinding('kept_newer', { size, path })];
    const root = this.rootAt(size);
    if (root === undefined) return [logFinding('kept_unproven', { size, path })];
    return sameHash(root, kept.root) ? [] : [logFinding('kept_inconsistent', { size, path })];
  }
}

function compareReceipt(
  { name, text, unreadable = [], ...messages }: NamedReceipt,
  { pack, entries }: { readonly pack: Pack; readonly entries: readonly ProvenEntry[] },
  heads: KnownHeads,
  { keys, hubKeys, operationOf }: PackEvidence,
  findings: LogFinding[],
): ExchangeCheck['parts'] {
  const check = verifyExchange(text, {
    anchors: { logKeys: keys, ...(hubKeys === undefined ? {} : { hubKeys }) },
    ...messages,
    ...(operationOf === undefined ? {} : { operationOf }),
  });
  findings.push(...check.findings.map((finding) => ({ ...finding, path: name })));
  for (const { part, why } of unreadable)
    findings.push(logFinding(`${part}_malformed`, { why, path: `${name}: ${part}` }));
  const { receipt, checkpoint } = check;
  const parts = unreadable.reduce((all, { part }) => ({ ...all, [part]: 'failed' as const }), check.parts);
  if (receipt === undefined || checkpoint === undefined) return parts;
  const { index } = receipt.proof;
  const alone = pack.entries.find((one) => one.index === index);
  const entry = alone?.leaf ?? entries.find((one) => one.index === index)?.bytes;
  if (entry !== undefined && !sameHash(entry, receipt.leaf)) {
    findings.push(logFinding('receipt_contradicts', { index, exchange: receipt.exchange, path: name }));
  }
  // its entry shown again in this tree is proof enough; its checkpoint is compared wherever it can be
  const told = heads
    .contradictions(checkpoint, name)
    .filter(({ code }) => code !== 'kept_unproven' || entry === undefined);
  findings.push(...told);
  return parts;
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
