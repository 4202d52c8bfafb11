/**
 * Calls that are at the hub at a time, one application after another: whoever sends a hundred at once waits behind himself, and nobody behind
 * all of them. Owner of who waits.
 */
export class Turns {
  private free: number;
  /** by application, the next one's first */
  private readonly waiting = new Map<string, (() => void)[]>();

  /** @param atOnce as many as there are connections to the hub: more would wait there, in the order in which they came */
  constructor(atOnce: number) {
    this.free = atOnce;
  }

  /** @param work told whether it waited: what was true when it came may not be so any more */
  async take<T>(application: string, work: (waited: boolean) => Promise<T>): Promise<T> {
    const waits = this.free === 0;
    if (waits) await this.turn(application);
    else this.free -= 1;
    try {
      return await work(waits);
    } finally {
      this.handOn();
    }
  }

  private turn(application: string): Promise<void> {
    return new Promise((go) => {
      const queue = this.waiting.get(application);
      if (queue === undefined) this.waiting.set(application, [go]);
      else queue.push(go);
    });
  }

  private handOn(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.free += 1;
      return;
    }
    const [application, [go, ...others]] = next;
    this.waiting.delete(application);
    if (others.length > 0) this.waiting.set(application, others);
    go?.();
  }
}
