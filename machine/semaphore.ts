/** Runs a limited number of tasks at once; the others wait in the order of their arrival. */
export class Semaphore {
  /** tasks in progress */
  busy = 0;
  private readonly count: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.count = count;
  }

  /** Whether no task is in progress or waiting. */
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
   * Acquires a place, with a limit for the waiting time and for the number of waiting tasks.
   * @param maxWaitMs ms @param maxWaiting maximum of tasks that may already wait
   * @returns a function that releases the place; undefined where none became free in that time, or too many tasks already wait
   */
  async take(maxWaitMs: number, maxWaiting: number): Promise<(() => void) | undefined> {
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
      }, maxWaitMs);
      const go = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      this.waiting.push(go);
    });
    return came ? end : undefined;
  }

  /** As `run`, with the limits of `take`. @throws what `refused` makes, where no place became free */
  async runWithin<T>(
    { maxWaitMs, maxWaiting }: { readonly maxWaitMs: number; readonly maxWaiting: number },
    refused: () => Error,
    work: () => Promise<T>,
  ): Promise<T> {
    const end = await this.take(maxWaitMs, maxWaiting);
    if (end === undefined) throw refused();
    try {
      return await work();
    } finally {
      end();
    }
  }

  private end(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.busy -= 1;
    else next(); // takes over this place
  }
}
