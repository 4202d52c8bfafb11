/**
 * Reads back, after the commit, the entries that this process has signed: a trigger that runs at the commit can drop an entry after all
 * checks of the transaction. Every entry is counted; the bytes of the newest are compared (re-verification finds other alterations). This
 * class owns the list of written entries not yet read back, and does not delay appends.
 */
import { asIs } from '../../../terms/bilingual.ts';
import { sameHash } from '../../../log/hash.ts';
import { Problem } from '../../../terms/problem.ts';
import { foreignGuards } from '../store/guards.ts';
import { readBack } from '../store/readBack.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';

/** ms from a commit to its read-back */
export const readBackDelay = 250;
/** entries whose bytes are compared in one read-back */
const maxBytes = 64;
/** ms between two checks of triggers and rules, while entries are written */
const guardsEvery = 10_000;

interface Written {
  readonly first: number;
  readonly hashes: readonly Uint8Array[];
}

export class Follower {
  private readonly pool: Pool;
  private readonly halt: (problem: Problem) => void;
  private written: Written[] = [];
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private guardsSeen = performance.now();

  /** @param halt called with the difference found: nothing more may be signed */
  constructor(pool: Pool, halt: (problem: Problem) => void) {
    this.pool = pool;
    this.halt = halt;
  }

  /** Records entries that the database reported as durable. */
  wrote(first: number, hashes: readonly Uint8Array[]): void {
    this.written.push({ first, hashes });
    this.timer ??= setTimeout(() => void this.look(), readBackDelay).unref();
  }

  /** Reads back everything that was written until now. */
  async look(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running = this.running.then(() => this.lookOnce());
    await this.running;
  }

  private async lookOnce(): Promise<void> {
    const written = this.written;
    this.written = [];
    try {
      for (const run of runsOf(written)) await this.compare(run);
      await this.lookAtGuards();
    } catch (error) {
      if (error instanceof Problem && error.code === 'log_inconsistent') {
        this.halt(error);
        return;
      }
      // the database is unavailable, or refuses its sessions, as a server without its standby: retry at the next read-back
      this.written = [...written, ...this.written];
      this.timer ??= setTimeout(() => void this.look(), readBackDelay * 4).unref();
    }
  }

  /** @throws Problem log_inconsistent */
  private async compare({ first, hashes }: Written): Promise<void> {
    const end = first + hashes.length;
    const bytesFrom = Math.max(first, end - maxBytes);
    const { count, hashes: read } = await readBack(this.pool, first, end, bytesFrom);
    if (count !== hashes.length)
      throw new Problem('log_inconsistent', {
        what: {
          zh: `已写入的第 ${first} 至 ${end - 1} 条中有 ${hashes.length - count} 条不在`,
          en: `of entries ${first} to ${end - 1}, which were written, ${hashes.length - count} are not there`,
        },
      });
    const expected = hashes.slice(bytesFrom - first);
    const same = expected.every((hash, nth) => {
      const one = read[nth];
      return one !== undefined && sameHash(hash, one.computed) && sameHash(hash, one.stored);
    });
    if (!same)
      throw new Problem('log_inconsistent', {
        what: {
          zh: `第 ${bytesFrom} 至 ${end - 1} 条与写入时不同`,
          en: `entries ${bytesFrom} to ${end - 1} are not as they were written`,
        },
      });
  }

  /** @throws Problem log_inconsistent */
  private async lookAtGuards(): Promise<void> {
    if (performance.now() - this.guardsSeen < guardsEvery) return;
    await refuseForeignGuards(this.pool);
    this.guardsSeen = performance.now();
  }
}

/** @throws Problem log_inconsistent with the first trigger, rule or function that is not the hub's */
export async function refuseForeignGuards(reader: Reader): Promise<void> {
  const [found] = await foreignGuards(reader);
  if (found !== undefined) throw new Problem('log_inconsistent', { what: asIs(found) });
}

/** Joins consecutive flushes into one; entries of other processes may be between them. */
function runsOf(written: readonly Written[]): Written[] {
  const runs: { first: number; hashes: Uint8Array[] }[] = [];
  for (const { first, hashes } of [...written].sort((one, other) => one.first - other.first)) {
    const last = runs.at(-1);
    if (last !== undefined && last.first + last.hashes.length === first) last.hashes.push(...hashes);
    else runs.push({ first, hashes: [...hashes] });
  }
  return runs;
}
