/**
 * Calls known to be taken from today's quotas. A count only grows, so what is over the limit here is over it in the database too:
 * a caller that goes on after its quota is used up loses in memory and costs nobody a rolled-back flush.
 */
import type { Claims } from '../draft.ts';

type QuotaClaim = NonNullable<Claims['quota']>;

export class QuotaMemory {
  #day = '';
  readonly #calls = new Map<string, number>();

  /** Whether the claim is certainly lost. */
  isExhausted({ agreement, day, calls, max }: QuotaClaim): boolean {
    return day === this.#day && (this.#calls.get(agreement) ?? 0) + calls > max;
  }

  /** At least so many calls are taken. */
  know(agreement: string, day: string, calls: number): void {
    this.#turnTo(day);
    if (day === this.#day) this.#calls.set(agreement, Math.max(calls, this.#calls.get(agreement) ?? 0));
  }

  /** More calls were taken by an entry that is durable. */
  add(agreement: string, day: string, calls: number): void {
    this.#turnTo(day);
    if (day === this.#day) this.#calls.set(agreement, calls + (this.#calls.get(agreement) ?? 0));
  }

  #turnTo(day: string): void {
    if (day <= this.#day) return;
    this.#day = day;
    this.#calls.clear();
  }
}
