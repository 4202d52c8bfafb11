/** Runs at most so many pieces of work at once; the others wait in the order in which they came. */
export class Semaphore {
  /** pieces of work under way */
  busy = 0;
  private readonly count: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.count = count;
  }

  /** Whether nothing is under way nor waiting. */
  get idle(): boolean {
    return this.busy === 0 && this.waiting.length === 0;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.busy < this.count) this.busy += 1;
    else await new Promise<void>((go) => this.waiting.push(go));
    try {
      return await work();
    } finally {
      this.end();
    }
  }

  /**
   * A place for work that does not wait for ever, nor behind too many.
   * @param patience ms @param maxWaiting who may stand before it
   * @returns ends the work; undefined where no place came in that time
   */
  async take(patience: number, maxWaiting: number): Promise<(() => void) | undefined> {
    const end = (): void => this.end();
    if (this.busy < this.count) {
      this.busy += 1;
      return end;
    }
    if (this.waiting.length >= maxWaiting) return undefined;
    const came = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        resolve(false);
      }, patience);
      const go = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      this.waiting.push(go);
    });
    return came ? end : undefined;
  }

  private end(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.busy -= 1;
    else next(); // takes this place over
  }
}
