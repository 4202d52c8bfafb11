/** Work that this process stored for one of its jobs, so that the job runs at once and not only when it is due. Memory only. */
export class Noted {
  private waits = false;
  private begin: () => void = () => undefined;

  get isWaiting(): boolean {
    return this.waits;
  }

  /** Called after the commit: work that is not visible yet would be missed. */
  note(): void {
    this.waits = true;
    this.begin();
  }

  /** Called by the runner right before each run of the job: what is noted later needs another run. */
  taken(): void {
    this.waits = false;
  }

  /** @param begin called at each note; must not throw */
  onNote(begin: () => void): void {
    this.begin = begin;
  }
}
