/** Checks a pack against the keys of the log and stored checkpoints: which part of the log it proves. It also runs in a browser. */
import { attempt } from '../attempt.ts';
import { openCheckpoint, type Checkpoint } from '../checkpoint.ts';
import { logFinding, type LogFinding } from '../finding.ts';
import { leafHash, sameHash } from '../hash.ts';
import { followRotations } from '../note/keyRotation.ts';
import type { NoteVerifier } from '../note/noteKey.ts';
import { leafProblem } from '../parseLeaf.ts';
import { LeafTree } from '../tree/leafTree.ts';
import type { LeafRange } from '../tree/proofRanges.ts';
import { AuditPaths } from '../tree/auditPaths.ts';
import { isConsistent } from '../tree/verifyProof.ts';
import { type ProvenEntry, exchangeOf } from './provenEntry.ts';
import { parsePack, type ReadPackFile } from './pack.ts';
import { isReadRangeIncluded } from './packRange.ts';

/** A text with the name of its file. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** The part of the log that a pack proves by itself. */
export interface ReadPack {
  readonly findings: readonly LogFinding[];
  /** present when a trusted key signed its checkpoint */
  readonly proven?: {
    readonly pack: ReadPackFile;
    readonly checkpoint: Checkpoint;
    /** the entries that are proven and well-formed */
    readonly entries: readonly ProvenEntry[];
    /** whether the pack contains and proves every entry of the log up to the checkpoint */
    readonly whole: boolean;
    /** ranges of the log that are not proven here, ascending: the result makes no statement about them */
    readonly leftOut: readonly LeafRange[];
    readonly heads: KnownHeads;
    /** the trusted keys and those to which the pack's statements lead */
    readonly keys: readonly NoteVerifier[];
  };
}

/**
 * Never throws on any pack: faults are findings.
 * @param trusted public keys of the log; the pack's own statements link further keys to them
 * @param stored checkpoints from outside: of a department, a witness, a time stamp
 */
export function checkPack(
  file: unknown,
  trusted: readonly NoteVerifier[],
  stored: readonly NamedText[] = [],
): ReadPack {
  const findings: LogFinding[] = [];
  const pack = attempt(
    () => parsePack(file),
    (why) => findings.push(logFinding('pack_malformed', { why })),
  );
  const opened =
    pack &&
    attempt(
      () => {
        const keys = followRotations(trusted, pack.logKeyRotations ?? []);
        return { keys, checkpoint: openCheckpoint(pack.checkpoint, keys) };
      },
      (why) => findings.push(logFinding('checkpoint_invalid', { why, path: 'checkpoint' })),
    );
  // without a trusted root nothing else can be checked
  if (pack === undefined || opened === undefined) return { findings };
  const { keys, checkpoint } = opened;
  const entries = inOrder(
    verifyEntries(pack, checkpoint, findings).concat(verifyRanges(pack, checkpoint, findings)),
    findings,
  );
  const whole = entries.length === checkpoint.size;
  const heads = new KnownHeads(checkpoint, whole ? entries : []);
  verifyHistory(pack, heads, keys, findings);
  for (const { name, text } of stored) {
    const older = attempt(
      () => openCheckpoint(text, keys),
      (why) => findings.push(logFinding('checkpoint_invalid', { why, path: name })),
    );
    if (older !== undefined) findings.push(...heads.contradictions(older, name));
  }
  const leftOut = rangesWithout(entries, checkpoint.size);
  return { findings, proven: { pack, checkpoint, entries, whole, leftOut, heads, keys } };
}

/** Each index once, ascending, from single entries and ranges. */
function inOrder(entries: readonly ProvenEntry[], findings: LogFinding[]): readonly ProvenEntry[] {
  if (entries.every(({ index }, at) => at === 0 || (entries[at - 1]?.index ?? index) < index)) return entries;
  const sorted = [...entries].sort((a, b) => a.index - b.index);
  return sorted.filter(({ index }, at) => {
    const doubled = at > 0 && sorted[at - 1]?.index === index;
    if (doubled) findings.push(logFinding('entry_order', { index }));
    return !doubled;
  });
}

function verifyRanges(
  { ranges = [] }: ReadPackFile,
  checkpoint: Checkpoint,
  findings: LogFinding[],
): ProvenEntry[] {
  const proven: ProvenEntry[] = [];
  for (const [at, range] of ranges.entries()) {
    const { first, leaves } = range;
    const path = `ranges/${at}`;
    if (!isReadRangeIncluded(range, checkpoint)) {
      findings.push(logFinding('range_not_included', { first, last: first + leaves.length - 1, path }));
      continue;
    }
    for (let nth = 0; nth < leaves.length; nth += 1) {
      const index = first + nth;
      const why = leaves.malformed.get(nth);
      if (why === undefined) proven.push(leaves.entry(nth, index));
      else findings.push(logFinding('leaf_malformed', { index, path: `${path}/leaves/${nth}`, why }));
    }
  }
  return proven;
}

/** The ranges of a log without these entries, which are ascending. */
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

function verifyEntries(
  { entries }: ReadPackFile,
  { size, root }: Checkpoint,
  findings: LogFinding[],
): ProvenEntry[] {
  const proven: ProvenEntry[] = [];
  const paths = new AuditPaths(size, root);
  let former = -1;
  for (const [at, { index, leaf: bytes, proof }] of entries.entries()) {
    const ordered = index > former;
    if (!ordered) findings.push(logFinding('entry_order', { index, path: `entries/${at}` }));
    former = Math.max(former, index);
    const why = leafProblem(bytes);
    if (why !== undefined) findings.push(logFinding('leaf_malformed', { index, path: `entries/${at}`, why }));
    const included = paths.includes(index, leafHash(bytes), proof);
    if (!included) {
      findings.push(
        logFinding('leaf_not_included', { index, path: `entries/${at}`, exchange: exchangeOf(bytes) }),
      );
    }
    if (ordered && included && why === undefined) proven.push({ index, bytes });
  }
  return proven;
}

function verifyHistory(
  { history }: ReadPackFile,
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

/** Heads of the log that the pack proves to be states of the same log. */
class KnownHeads {
  readonly newest: Checkpoint;
  private readonly roots = new Map<number, Uint8Array>();
  /** all leaves if they are present: then the root of any size is known */
  private readonly all: readonly ProvenEntry[];
  /** created on first use */
  private tree: LeafTree | undefined;

  constructor(newest: Checkpoint, all: readonly ProvenEntry[]) {
    this.newest = newest;
    this.roots.set(newest.size, newest.root);
    this.all = all;
  }

  add({ size, root }: Checkpoint): void {
    this.roots.set(size, root);
  }

  /** The root at a size, undefined if it cannot be determined. */
  private rootAt(size: number): Uint8Array | undefined {
    const known = this.roots.get(size);
    if (known !== undefined || this.all.length === 0) return known;
    this.tree ??= new LeafTree(this.all.map(({ bytes }) => leafHash(bytes)));
    return this.tree.root(size);
  }

  /** Faults of a stored checkpoint. @param path the file it came from */
  contradictions(stored: Checkpoint, path: string): LogFinding[] {
    const { size } = stored;
    if (stored.origin !== this.newest.origin) return [logFinding('kept_inconsistent', { size, path })];
    if (size > this.newest.size) return [logFinding('kept_newer', { size, path })];
    const root = this.rootAt(size);
    if (root === undefined) return [logFinding('kept_unproven', { size, path })];
    return sameHash(root, stored.root) ? [] : [logFinding('kept_inconsistent', { size, path })];
  }
}
