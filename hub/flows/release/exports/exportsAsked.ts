/** Whether files were asked for in this process that it has not looked for since. Owned by the release services, in memory: no file waits for it alone. */
export class ExportsAsked {
  private waiting = false;

  get areWaiting(): boolean {
    return this.waiting;
  }

  /** The entry that opened a file stands. */
  add(): void {
    this.waiting = true;
  }

  /** Who looks for files now finds all that were asked for until here. */
  lookedFor(): void {
    this.waiting = false;
  }
}
