/**
 * What is known to be taken of today's quotas. A count only grows, so what is over the limit here is over it in the database too:
 * a caller that goes on after its quota is used up loses in memory and costs nobody a rolled-back flush.
 */
import type { QuotaClaim } from '../draft.ts';

/** Counters remembered: there is one for each subject of a fact. Whatever is forgotten, the database knows. */
const mostCounters = 50_000;

export class QuotaMemory {
  private day = '';
  private readonly counts = new Map<string, number>();

  /** Whether the claim is certainly lost. */
  isExhausted(claim: QuotaClaim): boolean {
    return (this.taken(claim) ?? 0) + claim.calls > claim.max;
  }

  /** What is taken of the claim's counter on its day, as far as it is known. */
  taken({ counter, day }: QuotaClaim): number | undefined {
    return day === this.day ? this.counts.get(counter) : undefined;
  }

  /** At least so much is taken. */
  know(counter: string, day: string, calls: number): void {
    if (day > this.day || this.counts.size >= mostCounters) this.counts.clear();
    if (day > this.day) this.day = day;
    if (day === this.day) this.counts.set(counter, Math.max(calls, this.counts.get(counter) ?? 0));
  }
}
