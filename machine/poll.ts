/** Repeats a check while it is needed, with a pause between two. Owner of the timer. */
export class Poll {
  private readonly everyMs: number;
  private readonly check: () => Promise<void>;
  private readonly isNeeded: () => boolean;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  /** @param check must not reject */
  constructor(everyMs: number, check: () => Promise<void>, isNeeded: () => boolean) {
    this.everyMs = everyMs;
    this.check = check;
    this.isNeeded = isNeeded;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Begins, unless it runs already. */
  begin(afterMs = this.everyMs): void {
    this.timer ??= setTimeout(() => void this.turn(), afterMs);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async turn(): Promise<void> {
    await this.check();
    this.timer = undefined;
    if (!this.closed && this.isNeeded()) this.begin();
  }
}
