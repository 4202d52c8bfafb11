/** Who may move the head: one flush of this process at a time. Long work waits ahead of ordinary flushes. */
export class Mutex {
  #busy = false;
  readonly #urgent: (() => void)[] = [];
  readonly #others: (() => void)[] = [];

  /** Resolves when the turn has come; the result ends it. */
  async take(urgent: boolean): Promise<() => void> {
    if (this.#busy) await new Promise<void>((go) => (urgent ? this.#urgent : this.#others).push(go));
    this.#busy = true;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const next = this.#urgent.shift() ?? this.#others.shift();
      if (next === undefined) this.#busy = false;
      else next();
    };
  }
}
