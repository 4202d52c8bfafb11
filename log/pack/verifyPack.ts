/** Verification of an evidence pack, alone or against checkpoints and receipts that somebody kept. */
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

/** A receipt, with the messages it is about where they were kept too. */
export interface NamedReceipt extends NamedText, StoredMessages {
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
  /** units of which every entry that stays is here, with the entry that tells the others' destruction; they are not in `leftOut` */
  readonly destroyed: readonly DestroyedUnit[];
  /** how far each kept exchange was checked, by the name of its receipt */
  readonly exchanges: readonly { readonly name: string; readonly parts: ExchangeCheck['parts'] }[];
}

/** Never throws on any pack: what is wrong with it is a finding. */
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
  // its entry shown again in this tree is proof enough; its checkpoint is compared wherever it can be
  const reported = heads
    .contradictions(checkpoint, name)
    .filter(({ code }) => code !== 'kept_unproven' || entry === undefined);
  findings.push(...reported);
  return parts;
}
