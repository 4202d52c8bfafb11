/**
 * Circuit breaker of a live dataset: after a number of consecutive failures it is not queried for a while, then one call tests it for all.
 * Owns that state, in memory of one process.
 */
export interface BreakerLimits {
  /** consecutive failures that open it */
  readonly failures: number;
  /** ms it stays open at first; doubled each time the test call fails too */
  readonly pause: number;
  /** maximum ms it stays open */
  readonly maxPause: number;
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
   * Requests permission to query; a permitted caller reports the result with `succeeded`, `failed` or `left`.
   * @param now of a monotonic clock, ms
   * @returns undefined where permitted, else the ms until the next attempt
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
    if (this.probing) this.pause = Math.min(this.pause * 2, this.limits.maxPause);
    this.failures += 1;
    this.probing = false;
    if (this.failures >= this.limits.failures) this.until = now + this.pause;
  }

  /** The permitted query was not made. */
  left(): void {
    this.probing = false;
  }

  get isOpen(): boolean {
    return this.failures >= this.limits.failures;
  }
}
