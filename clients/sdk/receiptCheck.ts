import { createHash } from 'node:crypto';
import type { ReplyMessage, RequestMessage } from '../../certs/message.ts';
import { readSignature, signatureHash } from '../../certs/signatures/index.ts';
import type { Anchors } from '../../log/anchors.ts';
import type { Checkpoint } from '../../log/checkpoint.ts';
import type { LogFinding } from '../../log/finding.ts';
import { verifyReceipt, type ReceiptCheck } from '../../log/receipt/verifyReceipt.ts';
import { Problem } from '../../terms/problem.ts';
import type { CheckpointKeeper } from './checkpointKeeper.ts';

/**
 * Checks receipts as they arrive and remembers the newest checkpoint. Two checkpoints of one size with different roots prove a log that
 * shows different histories to different clients.
 */
export class ReceiptChecker {
  private readonly anchors: (receipt: string) => Promise<Anchors>;
  private readonly keeper: CheckpointKeeper;
  private readonly roots = new Map<number, string>();
  private newestSeen: Checkpoint | undefined;

  /**
   * @param anchors trusted anchors for this receipt
   * @param keeper has every checkpoint proven to continue those before
   */
  constructor(anchors: (receipt: string) => Promise<Anchors>, keeper: CheckpointKeeper) {
    this.anchors = anchors;
    this.keeper = keeper;
  }

  /** The newest checkpoint in any verified receipt. */
  get newest(): Checkpoint | undefined {
    return this.newestSeen;
  }

  /**
   * Verifies that the receipt is about this request and this reply, and that its entry is in the log.
   * @param bound false where the hub could not read the request's signature, so that its entry cannot name it
   * @throws Problem reply_receipt_invalid, reply_log_forked, reply_log_unproven
   */
  async check(
    receipt: string,
    message: RequestMessage,
    reply: ReplyMessage,
    bound: boolean,
  ): Promise<ReceiptCheck> {
    const check = verifyReceipt(receipt, {
      anchors: await this.anchors(receipt),
      replyDigest: createHash('sha256').update(reply.body).digest(),
      ...(bound ? { requestHash: signatureHash(readSignature(message).signature) } : {}),
    });
    // the log entry of a refusal names no request whose signature was not verified
    const excused = reply.status >= 400 ? 'request_absent' : undefined;
    const finding = check.findings.find(({ code }) => code !== excused);
    if (finding !== undefined) throw invalid(finding);
    await this.remember(check);
    return check;
  }

  /**
   * Verifies the receipt in the head of a stream: its entry names this request. The receipt of the stream's end covers its content.
   * @throws Problem reply_receipt_invalid, reply_log_forked, reply_log_unproven
   */
  async checkOpened(receipt: string, message: RequestMessage): Promise<ReceiptCheck> {
    return this.checkAgainst(receipt, message, undefined);
  }

  /**
   * Verifies the receipt of a stream's end: its entry names the request, and commits to every byte before the last line.
   * @param digest SHA-256 of those bytes
   * @throws Problem reply_receipt_invalid, reply_log_forked, reply_log_unproven
   */
  async checkEnd(receipt: string, message: RequestMessage, digest: Uint8Array): Promise<ReceiptCheck> {
    return this.checkAgainst(receipt, message, digest);
  }

  private async checkAgainst(
    receipt: string,
    message: RequestMessage,
    replyDigest: Uint8Array | undefined,
  ): Promise<ReceiptCheck> {
    const check = verifyReceipt(receipt, {
      anchors: await this.anchors(receipt),
      ...(replyDigest === undefined ? {} : { replyDigest }),
      requestHash: signatureHash(readSignature(message).signature),
    });
    const [finding] = check.findings;
    if (finding !== undefined) throw invalid(finding);
    await this.remember(check);
    return check;
  }

  /**
   * Verifies a receipt from a body, whose entry was made after its call was answered: it is in the log and covers these bytes.
   * @param sha256 hex digest of the submission
   * @throws Problem reply_receipt_invalid, reply_log_forked, reply_log_unproven
   */
  async checkSubmission(receipt: string, sha256: string): Promise<void> {
    const check = verifyReceipt(receipt, { anchors: await this.anchors(receipt) });
    const [finding] = check.findings;
    if (finding !== undefined) throw invalid(finding);
    if (check.leaf?.batch?.sha256 !== sha256)
      throw new Problem('reply_receipt_invalid', { reason: 'it is about other bytes' });
    await this.remember(check);
  }

  private async remember({ receipt, checkpoint }: ReceiptCheck): Promise<void> {
    if (receipt === undefined || checkpoint === undefined) return;
    const root = Buffer.from(checkpoint.root).toString('base64');
    const stored = this.roots.get(checkpoint.size);
    if (stored !== undefined && stored !== root)
      throw new Problem(
        'reply_receipt_invalid',
        {
          reason: {
            zh: `${checkpoint.size} 条有两种历史`,
            en: `two histories of ${checkpoint.size} entries`,
          },
        },
        { check: 'receipt' },
      );
    this.roots.set(checkpoint.size, root);
    if (this.roots.size > 10_000) this.roots.clear();
    if (this.newestSeen === undefined || this.newestSeen.size < checkpoint.size) this.newestSeen = checkpoint;
    await this.keeper.see(receipt.proof.checkpoint, checkpoint);
  }
}

function invalid({ code, message }: LogFinding): Problem {
  return new Problem('reply_receipt_invalid', { reason: message }, { check: 'receipt', received: code });
}
