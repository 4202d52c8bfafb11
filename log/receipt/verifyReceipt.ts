/** Verification of a receipt without the hub: reply and request → leaf → root → checkpoint → key of the log. */
import type { Anchors } from '../anchors.ts';
import { attempt } from '../attempt.ts';
import { openCheckpoint, type Checkpoint } from '../checkpoint.ts';
import { replyCommitment } from '../commitment.ts';
import { logFinding, type LogFinding } from '../finding.ts';
import { leafHash } from '../hash.ts';
import type { Leaf } from '../leaf.ts';
import { followRotations } from '../note/keyRotation.ts';
import { parseLeaf } from '../parseLeaf.ts';
import { isIncluded } from '../tree/verifyProof.ts';
import { parseReceipt, type Receipt } from './receipt.ts';

/** The evidence that the receipt is compared with. Absent members are not checked. */
export interface ReceiptEvidence {
  readonly anchors: Pick<Anchors, 'logKeys'>;
  /** SHA-256 of the reply's body */
  readonly replyDigest?: Uint8Array;
  /** base64url SHA-256 of the request's signature bytes */
  readonly requestHash?: string;
}

export interface ReceiptCheck {
  readonly ok: boolean;
  readonly findings: readonly LogFinding[];
  readonly receipt?: Receipt;
  /** present if its bytes are an entry */
  readonly leaf?: Leaf;
  /** present when a trusted key signed it */
  readonly checkpoint?: Checkpoint;
}

/** Never throws on any receipt: faults are findings. */
export function verifyReceipt(text: string | Receipt, evidence: ReceiptEvidence): ReceiptCheck {
  const findings: LogFinding[] = [];
  const receipt = attempt(
    () => (typeof text === 'string' ? parseReceipt(text) : text),
    (why) => findings.push(logFinding('receipt_malformed', { why })),
  );
  if (receipt === undefined) return { ok: false, findings };
  const at = { index: receipt.proof.index, exchange: receipt.exchange };
  const checkpoint = attempt(
    () =>
      openCheckpoint(
        receipt.proof.checkpoint,
        followRotations(evidence.anchors.logKeys, receipt.proof.rotations ?? []),
      ),
    (why) => findings.push(logFinding('checkpoint_invalid', { why })),
  );
  const leaf = attempt(
    () => parseLeaf(receipt.leaf),
    (why) => findings.push(logFinding('leaf_malformed', { ...at, why })),
  );
  if (checkpoint !== undefined && !provenIn(receipt, checkpoint))
    findings.push(logFinding('leaf_not_included', at));
  if (leaf !== undefined) findings.push(...contentFindings(receipt, leaf, evidence));
  return {
    ok: findings.length === 0,
    findings,
    receipt,
    ...(leaf === undefined ? {} : { leaf }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
}

const provenIn = ({ proof, leaf }: Receipt, checkpoint: Checkpoint): boolean =>
  isIncluded(proof.index, checkpoint.size, leafHash(leaf), proof.path, checkpoint.root);

function contentFindings(receipt: Receipt, leaf: Leaf, evidence: ReceiptEvidence): LogFinding[] {
  const found: LogFinding[] = [];
  const at = { index: receipt.proof.index, exchange: receipt.exchange };
  if (leaf.id !== receipt.exchange) found.push(logFinding('exchange_differs', at));
  if (evidence.requestHash !== undefined && leaf.request !== evidence.requestHash) {
    found.push(logFinding(leaf.request === undefined ? 'request_absent' : 'request_differs', at));
  }
  const salt = receipt.openings.reply;
  if (leaf.reply !== undefined && evidence.replyDigest !== undefined && salt !== undefined) {
    if (replyCommitment(evidence.replyDigest, salt) !== leaf.reply)
      found.push(logFinding('reply_differs', at));
  } else if (evidence.replyDigest !== undefined) {
    found.push(logFinding('reply_unopened', at));
  }
  return found;
}
