/** A progress bar on stderr, for people only: nothing when stderr is no terminal, nothing before a second has passed. */
import { progressLine } from '../output.ts';
import { say } from '../verb.ts';

const width = 30;
const patienceMs = 1_000;
const everyMs = 100;

export class ProgressBar {
  private readonly total: number | undefined;
  private readonly shown = progressLine.isShown();
  private readonly began = Date.now();
  private last = 0;

  /** @param total bytes of the file, undefined for a pipe */
  constructor(total: number | undefined) {
    this.total = total;
  }

  update(bytes: number, records: number): void {
    const now = Date.now();
    if (!this.shown || now - this.began < patienceMs || now - this.last < everyMs) return;
    this.last = now;
    const count = say({
      zh: `${records.toLocaleString('en')} 条`,
      en: `${records.toLocaleString('en')} records`,
    });
    progressLine.show(`${this.drawn(bytes)} ${count}`);
  }

  /** Clears the line, so that the next output begins a new line. */
  clear(): void {
    if (this.last > 0) progressLine.remove();
  }

  private drawn(bytes: number): string {
    const megabytes = `${(bytes / 1e6).toFixed(1)} MB`;
    if (this.total === undefined || this.total === 0) return megabytes;
    const share = Math.min(1, bytes / this.total);
    const filled = Math.round(share * width);
    return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.floor(share * 100)).padStart(3)} % ${megabytes}`;
  }
}
