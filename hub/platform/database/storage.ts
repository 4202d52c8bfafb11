/**
 * Detects whether the database's disk accepts writes. PostgreSQL continues to serve with a full disk, so readiness would not notice. A
 * failure for lack of space is remembered, and from then on each check tries to write, until that succeeds.
 */
import { statfs } from 'node:fs/promises';
import type { Pool } from 'pg';
import { failureOf } from './failure.ts';
import { transactionOn, withConnection } from './transaction.ts';

export class StorageWatch {
  private readonly owner: Pool;
  private readonly dataDir: string | undefined;
  private full = false;

  /** @param dataDir folder of the data, if the server is on this machine */
  constructor(owner: Pool, dataDir: string | undefined) {
    this.owner = owner;
    this.dataDir = dataDir;
  }

  /** Free bytes of its disk; undefined where they cannot be measured from here. */
  async room(): Promise<number | undefined> {
    if (this.dataDir === undefined) return undefined;
    try {
      const { bavail, bsize } = await statfs(this.dataDir);
      return bavail * bsize;
    } catch {
      return undefined;
    }
  }

  /** Call with any error of the hub; only a lack of space is remembered. */
  noticed(error: unknown): void {
    if (isFull(error)) this.full = true;
  }

  /** `ok`, or `storage_full` as long as writing fails. @throws the database's other errors */
  async state(): Promise<'ok' | 'storage_full'> {
    if (!this.full) return 'ok';
    try {
      await tryToWrite(this.owner);
    } catch (error) {
      if (isFull(error)) return 'storage_full';
      throw error;
    }
    this.full = false;
    return 'ok';
  }
}

function isFull(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause)
    if (failureOf(one) === 'storage_full') return true;
  return false;
}

/** Writes about 3 MB to a temporary table, which ends with the transaction. */
const tryToWrite = (owner: Pool): Promise<void> =>
  withConnection(owner, (client) =>
    transactionOn(client, async () => {
      await client.query(
        'CREATE TEMPORARY TABLE storage_probe ON COMMIT DROP AS SELECT n FROM generate_series(1, 100000) AS n',
      );
    }),
  );
