/**
 * A copy as a table of the department's own PostgreSQL: a row's name, and its released data as one JSON document. Rows and watermark change
 * in one transaction, so nothing is applied by half or twice.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { exitCode, VerbFailure } from '../verb.ts';
import type { CopyOf, LocalCopy } from './localCopy.ts';

/** milliseconds to establish a connection */
const patience = 5_000;

/** @param url of the database; its password may come from the environment (PGPASSWORD) @param named table, else after the dataset */
export async function copyInTable(url: string, of: CopyOf, named: string | undefined): Promise<LocalCopy> {
  refuseOthers(url);
  const table = tableName(named ?? of.dataset.replaceAll(/[.-]/g, '_'));
  const place = createHash('sha256')
    .update(JSON.stringify([of, table]))
    .digest('hex');
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: patience,
    application_name: 'datong rows listen',
  });
  client.on('error', () => undefined); // the next statement reports it
  await connect(client);
  await client.query(
    `CREATE TABLE IF NOT EXISTS datong_copy (place text PRIMARY KEY, dataset text NOT NULL, agreement text NOT NULL, rows text NOT NULL UNIQUE, watermark uuid NOT NULL)`,
  );
  await client.query('ALTER TABLE datong_copy ADD COLUMN IF NOT EXISTS resume text');
  await client.query(`CREATE TABLE IF NOT EXISTS ${table} (row text PRIMARY KEY, record jsonb NOT NULL)`);

  async function change(
    changes: readonly { readonly row: string; readonly record?: unknown }[],
  ): Promise<void> {
    const gone = changes.flatMap(({ row, record }) => (record === undefined ? [row] : []));
    const put = new Map(changes.flatMap(({ row, record }) => (record === undefined ? [] : [[row, record]])));
    await client.query(
      `INSERT INTO ${table} (row, record) SELECT * FROM unnest($1::text[], $2::jsonb[])
       ON CONFLICT (row) DO UPDATE SET record = excluded.record`,
      [[...put.keys()], [...put.values()].map((record) => JSON.stringify(record))],
    );
    await client.query(`DELETE FROM ${table} WHERE row = ANY($1)`, [gone]);
  }

  return {
    async place() {
      const { rows } = await client.query<{ place: string; watermark: string; resume: string | null }>(
        'SELECT place, watermark, resume FROM datong_copy WHERE rows = $1',
        [table],
      );
      const [found] = rows;
      if (found !== undefined && found.place !== place) throw another(table);
      if (found === undefined) return undefined;
      return { watermark: found.watermark, resume: found.resume ?? undefined };
    },
    async take({ begins, changes, watermark, resume }) {
      await client.query('BEGIN');
      try {
        if (begins) await client.query(`DELETE FROM ${table}`);
        await change(changes);
        await client.query(
          `INSERT INTO datong_copy (place, dataset, agreement, rows, watermark, resume) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (place) DO UPDATE SET watermark = excluded.watermark, resume = excluded.resume`,
          [place, of.dataset, of.agreement, table, watermark, resume ?? null],
        );
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined); // the connection may be closed
        throw error;
      }
    },
    close: () => client.end(),
  };
}

/** A database of another kind would be spoken to in a language that it does not know. @throws VerbFailure (exit 2) */
function refuseOthers(url: string): void {
  const [, scheme = 'postgres'] = /^([a-z][a-z0-9+.-]*):/i.exec(url) ?? [];
  if (/^(?:postgres|postgresql|socket)$/i.test(scheme)) return;
  throw new VerbFailure(
    exitCode.usage,
    {
      zh: `--to-sql 只认 PostgreSQL（postgres://…），不认 ${scheme}`,
      en: `--to-sql knows PostgreSQL alone (postgres://…), not ${scheme}`,
    },
    {
      zh: '其他数据库：用 --forward-to 交给自己的程序写入，或用 --to-dir 取文件',
      en: 'for another database, write the rows with a program that --forward-to calls, or load the files of --to-dir',
    },
  );
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    throw new VerbFailure(exitCode.local, {
      zh: `无法连接 --to-sql 所指的数据库（${codeOf(error)}）`,
      en: `the database of --to-sql cannot be reached (${codeOf(error)})`,
    });
  }
}

/** A database's message may repeat what was sent, so only its code is reported. */
function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'no answer';
}

function tableName(text: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?$/.test(text))
    return text
      .split('.')
      .map((part) => `"${part}"`)
      .join('.');
  throw new VerbFailure(exitCode.usage, {
    zh: `--table ${text}：应为小写字母、数字与下划线`,
    en: `--table ${text}: lower-case letters, digits and underscores are wanted`,
  });
}

const another = (table: string): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    { zh: `表 ${table} 是另一份副本`, en: `the table ${table} belongs to another copy` },
    { zh: '用 --table 另指一张表', en: 'name another one with --table' },
  );
