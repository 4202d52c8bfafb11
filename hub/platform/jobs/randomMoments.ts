/** Work at moments that only this process knows, one run at a time: a database administrator cannot prepare for it. */
import { randomInt } from 'node:crypto';

export class RandomMoments {
  private readonly maxWaitMs: number;
  private readonly work: () => Promise<unknown>;
  private next: number;
  private isRunning = false;

  /** @param maxWaitMs from one run to the next @param work an error of it is not reported: the next run begins as usual */
  constructor(maxWaitMs: number, work: () => Promise<unknown>) {
    this.maxWaitMs = maxWaitMs;
    this.work = work;
    this.next = this.soon();
  }

  /** Begins a run when its moment has come. */
  poll(): void {
    if (performance.now() < this.next || this.isRunning) return;
    this.isRunning = true;
    void this.work()
      .catch(() => undefined)
      .finally(() => {
        this.isRunning = false;
        this.next = this.soon();
      });
  }

  private soon(): number {
    return performance.now() + randomInt(this.maxWaitMs);
  }
}
