/** The result of a question without an answer. */
export type NoAnswer = 'lost' | 'late' | 'failed' | 'invalid' | 'cursor_expired';

/** A question without a usable answer. */
export class Unanswered extends Error {
  readonly kind: NoAnswer;
  /** the rule that the answer broke, or the provider's own reason */
  readonly reason: string;

  constructor(kind: NoAnswer, reason: string) {
    super(`${kind}: ${reason}`);
    this.kind = kind;
    this.reason = reason;
  }
}
