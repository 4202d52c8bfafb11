/**
 * Notices that a newer release has migrated the database while this process serves: in a rolling upgrade, this process is about to be
 * replaced.
 */
import { migrationNames } from '../../../migrations/index.ts';
import type { Reader } from './reader.ts';

/** ms between two reads of the table of migrations */
const every = 1_000;
/**
 * ms for which the jobs of this process rest, once. A rolling upgrade is over by then. A superuser who writes a name into the table must not
 * stop the comparisons of rows and log for longer.
 */
export const jobsRestMs = 15 * 60_000;

export class ReleaseWatch {
  private readonly reader: Reader;
  private readonly now: () => number;
  private readAt = -Infinity;
  private latest: Promise<boolean> = Promise.resolve(false);
  private since: number | undefined;

  /** @param reader of the role datong_owner @param now Unix milliseconds */
  constructor(reader: Reader, now: () => number) {
    this.reader = reader;
    this.now = now;
  }

  /** Whether the database has a migration that is newer than those of this process. @throws the driver's errors */
  isNewer(): Promise<boolean> {
    const now = this.now();
    if (now - this.readAt >= every) {
      this.readAt = now;
      this.latest = this.read();
    }
    return this.latest;
  }

  /** Whether jobs leave their work to the processes of the newer release. @throws the driver's errors */
  async jobsRest(): Promise<boolean> {
    if (!(await this.isNewer())) return false;
    this.since ??= this.now();
    return this.now() - this.since < jobsRestMs;
  }

  private async read(): Promise<boolean> {
    const { rowCount } = await this.reader.query(
      'SELECT FROM migration WHERE name COLLATE "C" > $1 LIMIT 1',
      [migrationNames.at(-1)],
    );
    return rowCount !== 0;
  }
}
