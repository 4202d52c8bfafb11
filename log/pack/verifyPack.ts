/** Verifies an evidence pack, alone or against stored checkpoints and receipts. */
import type { Problem } from '../../terms/problem.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { logFinding, type LogFinding } from '../finding.ts';
import { sameHash } from '../hash.ts';
import type { NoteVerifier } from '../note/noteKey.ts';
import type { Anchors } from '../anchors.ts';
import {
  verifyExchange,
  type ExchangeCheck,
  type ExchangeEvidence,
  type StoredMessages,
} from '../receipt/verifyExchange.ts';
import type { LeafRange } from '../tree/proofRanges.ts';
import { destroyedAmong, withoutDestroyed, type DestroyedUnit } from './destroyedAmong.ts';
import { checkPack, type NamedText, type ReadPack } from './checkPack.ts';
import type { ProvenEntry } from './provenEntry.ts';

export type { NamedText } from './checkPack.ts';

/** A receipt, with its messages if they were stored too. */
export interface NamedReceipt extends NamedText, StoredMessages {
  /** stored messages that cannot be read: each is a finding */
  readonly unreadable?: readonly { readonly part: 'request' | 'reply'; readonly why: Problem }[];
}

export interface PackEvidence {
  /** public keys of the log */
  readonly keys: readonly NoteVerifier[];
  /** keys by which the hub signs replies; without them the signatures of replies are not checked */
  readonly hubKeys?: Anchors['hubKeys'];
  readonly operationOf?: ExchangeEvidence['operationOf'];
  /** checkpoints stored outside: by a department, a witness, a time stamp */
  readonly checkpoints?: readonly NamedText[];
  /** receipts returned with replies */
  readonly receipts?: readonly NamedReceipt[];
}

export interface PackCheck {
  readonly ok: boolean;
  readonly findings: readonly LogFinding[];
  /** present when a trusted key signed it */
  readonly checkpoint?: Checkpoint;
  /** the entries that are proven and well-formed */
  readonly entries: readonly ProvenEntry[];
  /** whether the pack contains and proves every entry of the log up to the checkpoint */
  readonly whole: boolean;
  /** ranges of the log that are not proven here, ascending: the result makes no statement about them */
  readonly leftOut: readonly LeafRange[];
  /** units whose remaining entries are all present, with the entry that records the destruction of the others; they are not in `leftOut` */
  readonly destroyed: readonly DestroyedUnit[];
  /** how far each stored exchange was checked, by the name of its receipt */
  readonly exchanges: readonly { readonly name: string; readonly parts: ExchangeCheck['parts'] }[];
}

/** Never throws on any pack: faults are findings. */
export function verifyPack(file: unknown, evidence: PackEvidence): PackCheck {
  const read = checkPack(file, evidence.keys, evidence.checkpoints);
  const findings = [...read.findings];
  const { proven } = read;
  if (proven === undefined)
    return { ok: false, findings, entries: [], whole: false, leftOut: [], destroyed: [], exchanges: [] };
  const exchanges = (evidence.receipts ?? []).map((receipt) => ({
    name: receipt.name,
    parts: compareReceipt(receipt, proven, evidence, findings),
  }));
  const { checkpoint, entries, whole } = proven;
  const destroyed = destroyedAmong(entries);
  const leftOut = withoutDestroyed(proven.leftOut, destroyed);
  return { ok: findings.length === 0, findings, checkpoint, entries, whole, leftOut, destroyed, exchanges };
}

function compareReceipt(
  { name, text, unreadable = [], ...messages }: NamedReceipt,
  { pack, entries, heads, keys }: NonNullable<ReadPack['proven']>,
  { hubKeys, operationOf }: PackEvidence,
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
  // a new proof of its entry in this tree suffices; its checkpoint is compared if possible
  const reported = heads
    .contradictions(checkpoint, name)
    .filter(({ code }) => code !== 'kept_unproven' || entry === undefined);
  findings.push(...reported);
  return parts;
}
