/**
 * Anchors of the hub that a client trusts: given, or fetched once, with the log's key changes since. For a checkpoint with an unknown key
 * it asks the hub for the statements by which one key replaced another. Only statements that continue from a trusted key count.
 */
import { parseAnchors, type Anchors } from '../../log/anchors.ts';
import { bearsUnknownKey, followRotations, rotationsOf } from '../../log/note/keyRotation.ts';
import { parseReceipt } from '../../log/receipt/receipt.ts';
import { Problem } from '../../terms/problem.ts';
import type { CheckpointKeeper } from './checkpointKeeper.ts';

/** milliseconds between two requests for statements, while no statement leads to the key of a checkpoint */
const interval = 10_000;

export class TrustedAnchors {
  private readonly given: Anchors | undefined;
  /** asks the hub for `/v1/log/anchors` */
  private readonly ask: () => Promise<unknown>;
  private readonly keeper: CheckpointKeeper;
  private read: Promise<Anchors> | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(given: object | undefined, ask: () => Promise<unknown>, keeper: CheckpointKeeper) {
    this.given = given === undefined ? undefined : parseAnchors(given);
    this.ask = ask;
    this.keeper = keeper;
  }

  /** @throws Problem anchors_malformed, log_rotation_invalid; the network's error */
  async get(): Promise<Anchors> {
    this.read ??= this.first();
    return this.read.catch((error: unknown) => {
      this.read = undefined;
      throw error;
    });
  }

  /** The anchors, with the keys of a receipt's checkpoint where statements lead to them. @throws Problem reply_receipt_invalid */
  async for(receipt: string): Promise<Anchors> {
    const anchors = await this.get();
    if (!callsFor(receipt, anchors) || performance.now() - this.askedAt < interval) return anchors;
    this.askedAt = performance.now();
    const reported = await this.ask().catch(() => undefined);
    if (reported === undefined) return anchors;
    const { logKeyRotations } = reported as { readonly logKeyRotations?: unknown };
    const notes = Array.isArray(logKeyRotations) ? logKeyRotations.map(String) : [];
    const more = this.following(anchors, notes);
    this.read = Promise.resolve(more);
    this.keeper.knowRotations(rotationsOf(more.logKeys));
    return more;
  }

  private async first(): Promise<Anchors> {
    const anchors = this.given ?? parseAnchors(await this.ask());
    return this.following(anchors, await this.keeper.rotations());
  }

  private following(anchors: Anchors, notes: readonly string[]): Anchors {
    try {
      return { ...anchors, logKeys: followRotations(anchors.logKeys, notes) };
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      throw new Problem('reply_receipt_invalid', { reason: cause.text }, { cause, check: 'receipt' });
    }
  }
}

/** A malformed receipt needs no keys: its check reports it. */
function callsFor(receipt: string, { logKeys }: Anchors): boolean {
  try {
    return bearsUnknownKey(parseReceipt(receipt).proof.checkpoint, logKeys);
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}
