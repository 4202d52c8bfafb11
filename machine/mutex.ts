/** One holder at a time, in the order of their arrival; urgent ones go first. */
export class Mutex {
  private busy = false;
  private readonly urgent: (() => void)[] = [];
  private readonly others: (() => void)[] = [];

  /** Resolves once it is held; the first call of the result releases it. */
  async acquire(urgent: boolean): Promise<() => void> {
    if (this.busy) await new Promise<void>((go) => (urgent ? this.urgent : this.others).push(go));
    this.busy = true;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.urgent.shift() ?? this.others.shift();
      if (next === undefined) this.busy = false;
      else next();
    };
  }
}
