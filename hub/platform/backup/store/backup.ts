import { to as copyTo } from 'pg-copy-streams';
import { encodeFrame, type ArchiveHead } from './frames.ts';
import { backedUpTables, tableDefinitions, type BackedUpTable } from './tables.ts';
import { isMissingTable } from '../../database/failure.ts';
import type { Database } from '../../database/database.ts';
import type { Transaction } from '../../database/transaction.ts';

/**
 * Every row of every table in one snapshot, as the frames of backupFrames.ts; the hub may serve during the backup. The frames are not sealed: the
 * caller seals them before they reach a disk.
 * @param hub name of the hub
 */
export async function* backup(database: Database, hub: string): AsyncGenerator<Uint8Array> {
  const client = await database.owner.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  let whole = false;
  try {
    const tables = await lockedTables(client);
    yield encodeFrame({ kind: 'head', value: await headOf(client, hub) });
    let rows = 0;
    for (const { name, columns } of tables) {
      yield encodeFrame({ kind: 'table', value: { name, columns } });
      const query = `COPY (SELECT ${columns.join(', ')} FROM ${name}) TO STDOUT`;
      const stream = client.query(copyTo(query));
      for await (const data of stream) yield encodeFrame({ kind: 'data', value: data as Uint8Array });
      // the stream ends with the last row, but the row count may still be in transit: it arrives before the next reply
      await client.query('SELECT');
      yield encodeFrame({ kind: 'rows', value: stream.rowCount });
      rows += stream.rowCount;
    }
    await client.query('COMMIT');
    whole = true;
    yield encodeFrame({ kind: 'end', value: { tables: tables.length, rows } });
  } finally {
    // a reader that stopped early leaves a COPY in progress: that connection cannot be used again
    client.off('error', onError);
    client.release(broken ?? !whole);
  }
}

/** Maximum of attempts to list the tables, because one of them may be dropped before it is locked. */
const maxAttempts = 20;

/**
 * Begins a transaction whose snapshot is younger than its locks. A table truncated while it waited for the locks is empty in any
 * snapshot, and an older snapshot would lack the rows that record the truncation. Jobs that drop or empty tables wait until the archive
 * is complete.
 */
async function lockedTables(client: Transaction): Promise<BackedUpTable[]> {
  const lock = async (tables: readonly BackedUpTable[]): Promise<void> => {
    if (tables.length === 0) return;
    await client.query(`LOCK TABLE ${tables.map(({ name }) => name).join(', ')} IN ACCESS SHARE MODE`);
  };
  for (let attempt = 1; ; attempt += 1) {
    const listed = await backedUpTables(client);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    try {
      await lock(listed);
      const tables = await backedUpTables(client); // the first statement with a snapshot
      await lock(tables); // also tables created since the first lock
      return tables;
    } catch (error) {
      await client.query('ROLLBACK');
      if (!isMissingTable(error) || attempt === maxAttempts) throw error;
    }
  }
}

async function headOf(client: Transaction, hub: string): Promise<ArchiveHead> {
  const { rows: migrations } = await client.query<{ name: string }>('SELECT name FROM migration ORDER BY id');
  const { rows: facts } = await client.query<{ at: string; entries: string }>(
    `SELECT to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, (SELECT size FROM audit_head) AS entries`,
  );
  return {
    v: 1,
    hub,
    at: facts[0]?.at ?? '',
    migrations: migrations.map(({ name }) => name),
    entries: Number(facts[0]?.entries ?? 0),
    extra: await tableDefinitions(client),
  };
}
