/**
 * Whether a live dataset is asked at all: after so many failures in a row it is left alone for a while, then one call tries it for all.
 * Owner of that state, in memory of one process.
 */
export interface BreakerLimits {
  /** failures in a row that open it */
  readonly failures: number;
  /** ms it stays open at first; twice as long each time the call that tried failed too */
  readonly pause: number;
  /** ms it stays open at most */
  readonly longestPause: number;
}

export class Breaker {
  private readonly limits: BreakerLimits;
  private failures = 0;
  private pause: number;
  private until = -Infinity;
  private probing = false;

  constructor(limits: BreakerLimits) {
    this.limits = limits;
    this.pause = limits.pause;
  }

  /**
   * Asks to go through; whoever may says what came of it by `succeeded`, `failed` or `left`.
   * @param now of a clock that never goes back, ms
   * @returns undefined where it may, else the ms until it is worth another try
   */
  enter(now: number): number | undefined {
    if (this.failures < this.limits.failures) return undefined;
    if (now < this.until) return this.until - now;
    if (this.probing) return this.limits.pause;
    this.probing = true;
    return undefined;
  }

  succeeded(): void {
    this.failures = 0;
    this.pause = this.limits.pause;
    this.probing = false;
  }

  failed(now: number): void {
    if (this.probing) this.pause = Math.min(this.pause * 2, this.limits.longestPause);
    this.failures += 1;
    this.probing = false;
    if (this.failures >= this.limits.failures) this.until = now + this.pause;
  }

  /** It was not asked after all. */
  left(): void {
    this.probing = false;
  }

  get isOpen(): boolean {
    return this.failures >= this.limits.failures;
  }
}
