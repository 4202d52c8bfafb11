/**
 * Notices that a newer release has migrated the database while this process serves: in a rolling upgrade, this process is about to be
 * replaced. The table is read in the background, so that neither a job nor readiness waits for a connection of the owner pool, which loads
 * of large batches use.
 */
import { migrationNames } from '../../../migrations/index.ts';
import type { Reader } from './reader.ts';

/** ms between two reads of the table of migrations */
const every = 1_000;
/** ms without a successful read after which readiness reports it */
export const patienceMs = 10_000;
/**
 * ms for which the jobs of this process rest, once. A rolling upgrade is over by then. A superuser who writes a name into the table must not
 * stop the comparisons of rows and log for longer.
 */
export const jobsRestMs = 15 * 60_000;

export class ReleaseWatch {
  private readonly reader: Reader;
  private readonly now: () => number;
  private readonly timer: NodeJS.Timeout;
  private reading: Promise<void> | undefined;
  private readAt: number;
  private isNewer = false;
  private since: number | undefined;

  /** @param reader of the role datong_owner @param now Unix milliseconds */
  constructor(reader: Reader, now: () => number) {
    this.reader = reader;
    this.now = now;
    this.readAt = now();
    this.timer = setInterval(() => void this.look(), every).unref();
  }

  /** Reads the table now, one read at a time. Where that fails, the last result stays. */
  look(): Promise<void> {
    this.reading ??= this.read()
      .catch(() => undefined)
      .finally(() => (this.reading = undefined));
    return this.reading;
  }

  /** `ok`, or `degraded: …`, by the last result. */
  state(): string {
    if (this.isNewer) return 'degraded: a newer release has migrated the database: replace this process';
    return this.now() - this.readAt < patienceMs
      ? 'ok'
      : `degraded: the table migration was not read for ${patienceMs / 1_000} s`;
  }

  /** Whether jobs leave their work to the processes of the newer release, by the last result. */
  jobsRest(): boolean {
    if (!this.isNewer) return false;
    this.since ??= this.now();
    return this.now() - this.since < jobsRestMs;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async read(): Promise<void> {
    const { rowCount } = await this.reader.query(
      'SELECT FROM migration WHERE name COLLATE "C" > $1 LIMIT 1',
      [migrationNames.at(-1)],
    );
    this.isNewer = rowCount !== 0;
    this.readAt = this.now();
  }
}
