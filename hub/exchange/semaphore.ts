/** Runs at most so many pieces of work at once; the others wait in the order in which they came. */
export class Semaphore {
  /** pieces of work under way */
  busy = 0;
  private readonly count: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.count = count;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.busy < this.count) this.busy += 1;
    else await new Promise<void>((go) => this.waiting.push(go));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.busy -= 1;
      else next(); // takes this place over
    }
  }
}
