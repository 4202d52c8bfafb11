/** What came of a question that gave nothing. */
export type NoAnswer = 'lost' | 'late' | 'failed' | 'invalid' | 'cursor_expired';

/** A question without an answer that can be used. */
export class Unanswered extends Error {
  readonly kind: NoAnswer;
  /** the rule that the answer broke, or what the provider said */
  readonly reason: string;

  constructor(kind: NoAnswer, reason: string) {
    super(`${kind}: ${reason}`);
    this.kind = kind;
    this.reason = reason;
  }
}
