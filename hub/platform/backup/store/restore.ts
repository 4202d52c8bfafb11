import { asIs } from '../../../../terms/bilingual.ts';
import { refuseLaterVersion } from '../../../../terms/refuseLaterVersion.ts';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { Problem } from '../../../../terms/problem.ts';
import { decodeFrames, type ArchiveEnd, type ArchiveHead, type Frame } from './frames.ts';
import { allTables, backedUpTables } from './tables.ts';
import { baselineFor } from '../../database/baseline.ts';
import type { Database } from '../../database/database.ts';
import { migrate } from '../../database/migrate.ts';
import { withTransaction, type Transaction } from '../../database/transaction.ts';

/**
 * Reads an archive to its end without writing anything.
 * @throws Problem backup_unreadable, made_by_later_release, format_version_malformed, database_newer, database_release_too_old
 */
export async function readArchive(source: AsyncIterable<Uint8Array>): Promise<ArchiveHead & ArchiveEnd> {
  let head: ArchiveHead | undefined;
  let end: ArchiveEnd | undefined;
  for await (const frame of decodeFrames(source)) {
    if (frame.kind === 'head') {
      head = frame.value;
      refuseLaterVersion(head, { zh: '备份', en: 'the archive' });
    }
    if (frame.kind === 'end') end = frame.value;
  }
  if (head === undefined || end === undefined) throw new Problem('backup_unreadable', { reason: 'no head' });
  baselineFor(head.migrations);
  return { ...head, ...end };
}

/**
 * Fills an empty database with an archive's rows, in the schema of the archive, then migrates it to this release. All rows or none: one
 * transaction.
 * @param head from `readArchive` of the same archive, which has proven it complete
 * @param loaded called in that transaction, in the schema of the archive, after its rows
 * @throws Problem restore_refused when the database contains entries already
 */
export async function restore(
  database: Database,
  head: ArchiveHead,
  source: AsyncIterable<Uint8Array>,
  loaded?: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  await refuseUsed(database);
  await migrate(database, { upTo: baselineFor(head.migrations) });
  await withTransaction(database.owner, async (transaction) => {
    const there = await allTables(transaction);
    for (const { name, statements } of head.extra)
      if (!there.has(name)) for (const statement of statements) await transaction.query(statement);
    for (const { name } of (await backedUpTables(transaction)).reverse()) await emptied(transaction, name);
    await load(transaction, decodeFrames(source));
    await continueSequences(transaction);
    await loaded?.(transaction);
  });
  await migrate(database);
}

async function refuseUsed(database: Database): Promise<void> {
  const { rows } = await database.owner.query<{ log: boolean; tables: string }>(`
    SELECT to_regclass('public.audit_entry') IS NOT NULL AS log,
           (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'rows')) AS tables`);
  const [found] = rows;
  if (found?.log === true) {
    const { rowCount } = await database.owner.query('SELECT FROM audit_entry LIMIT 1');
    if (rowCount !== 0) throw new Problem('restore_refused', { reason: 'the database is not empty' });
  } else if (found?.tables !== '0') {
    throw new Problem('restore_refused', {
      reason: 'the database holds other tables',
    });
  }
}

/** Removes what migrations inserted (the log's empty head). The entries' table is empty already and rejects truncation. */
async function emptied(transaction: Transaction, table: string): Promise<void> {
  const { rowCount } = await transaction.query(`SELECT FROM ${table} LIMIT 1`);
  if (rowCount !== 0) await transaction.query(`DELETE FROM ${table}`);
}

async function load(transaction: Transaction, frames: AsyncGenerator<Frame, void>): Promise<void> {
  for (;;) {
    const next = await frames.next();
    if (next.done === true) return;
    const frame = next.value;
    if (frame.kind !== 'table') continue;
    const { name, columns } = frame.value;
    const sink = transaction.query(copyFrom(`COPY ${name} (${columns.join(', ')}) FROM STDIN`));
    const counted = { rows: -1 };
    await pipeline(Readable.from(dataOf(frames, counted), { objectMode: true, highWaterMark: 4 }), sink);
    if (sink.rowCount !== counted.rows)
      throw new Problem('backup_unreadable', { reason: asIs(`${name}: ${sink.rowCount} ≠ ${counted.rows}`) });
  }
}

/** The data of one table, up to the frame with its row count. */
async function* dataOf(
  frames: AsyncGenerator<Frame, void>,
  counted: { rows: number },
): AsyncGenerator<Uint8Array> {
  for (;;) {
    const next = await frames.next();
    const frame: Frame | undefined = next.done === true ? undefined : next.value;
    if (frame?.kind === 'data') {
      yield frame.value;
    } else if (frame?.kind === 'rows') {
      counted.rows = frame.value;
      return;
    } else {
      throw new Problem('backup_unreadable', { reason: 'table without end' });
    }
  }
}

/** Continues generated numbers of identity columns and defaults after the largest restored value. */
async function continueSequences(transaction: Transaction): Promise<void> {
  const { rows } = await transaction.query<{ name: string; column: string; sequence: string }>(`
    SELECT format('%I.%I', n.nspname, c.relname) AS name, a.attname AS column, f.sequence
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
           CROSS JOIN LATERAL (
             SELECT pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) AS sequence WHERE a.attidentity <> ''
             UNION ALL
             SELECT s.oid::regclass::text
               FROM pg_attrdef e JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid
                    JOIN pg_class s ON d.refclassid = 'pg_class'::regclass AND s.oid = d.refobjid AND s.relkind = 'S'
              WHERE e.adrelid = a.attrelid AND e.adnum = a.attnum) AS f
     WHERE n.nspname IN ('public', 'rows')`);
  for (const { name, column, sequence } of rows) {
    await transaction.query(
      `SELECT setval($1::regclass, coalesce(max(${transaction.escapeIdentifier(column)}), 0) + 1, false) FROM ${name}`,
      [sequence],
    );
  }
}
