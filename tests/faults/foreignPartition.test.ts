/**
 * What docs/decisions/0098-one-database.md says of postgres_fdw, on two databases: a partition on another server is read like a local one,
 * but its commit is not the commit of the log.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { emptyDatabase } from '../database.ts';
import type { SocketOrHost } from '../../hub/platform/database/connection.ts';

/** They end before their databases are dropped. */
const clients: pg.Client[] = [];
after(() => Promise.all(clients.map((client) => client.end())));
const here = await emptyDatabase();
const there = await emptyDatabase();
const place = here.address as SocketOrHost;
const away = there.address as SocketOrHost;

async function login(address: SocketOrHost): Promise<pg.Client> {
  const client = new pg.Client({ ...address });
  await client.connect();
  clients.push(client);
  return client;
}

const hub = await login(place);
const other = await login(place);
const rows = await login(away);
await rows.query('CREATE TABLE row_2025 (period date NOT NULL, key text NOT NULL)');
await hub.query('CREATE EXTENSION postgres_fdw');
await hub.query(
  `CREATE SERVER rows FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '${away.host}', port '${away.port}', dbname '${away.database}')`,
);
await hub.query(
  `CREATE USER MAPPING FOR CURRENT_USER SERVER rows OPTIONS (user '${away.user}', password_required 'false')`,
);
await hub.query('CREATE TABLE entry (id text PRIMARY KEY)');
await hub.query('CREATE TABLE row (period date NOT NULL, key text NOT NULL) PARTITION BY RANGE (period)');
await hub.query("CREATE TABLE row_2026 PARTITION OF row FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')");
await hub.query(
  "CREATE FOREIGN TABLE row_2025 PARTITION OF row FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') SERVER rows",
);
const keys = async (client: pg.Client, table: string): Promise<readonly string[]> =>
  (await client.query<{ key: string }>(`SELECT key FROM ${table} ORDER BY key`)).rows.map(({ key }) => key);
const entries = async (): Promise<number> => (await hub.query('SELECT FROM entry')).rowCount ?? 0;

test('a partition on another server is written and read through its table, and left out where the period excludes it', async () => {
  await hub.query("INSERT INTO row VALUES ('2025-05-01', 'old'), ('2026-05-01', 'new')");
  assert.deepEqual(await keys(hub, 'row'), ['new', 'old']);
  assert.deepEqual(await keys(rows, 'row_2025'), ['old']);
  const { rows: plan } = await hub.query<Record<string, string>>(
    "EXPLAIN SELECT FROM row WHERE period >= '2026-02-01'",
  );
  assert.ok(!JSON.stringify(plan).includes('Foreign Scan'));
});

test('a failure between the two commits leaves a row without its entry', async () => {
  await hub.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
  await hub.query('SELECT FROM row_2026');
  await hub.query("INSERT INTO entry VALUES ('publication')");
  await hub.query("INSERT INTO row VALUES ('2025-06-01', 'published')");
  // another publication, by which this one can no longer be serialised: it fails at its commit, after that of the other server
  await other.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
  await other.query('SELECT FROM entry');
  await other.query("INSERT INTO row_2026 VALUES ('2026-06-01', 'of the other')");
  await other.query('COMMIT');
  await assert.rejects(hub.query('COMMIT'), { code: '40001' });
  assert.equal(await entries(), 0);
  assert.deepEqual(await keys(rows, 'row_2025'), ['old', 'published']);
});

test('a transaction over both cannot be prepared', async () => {
  await hub.query('BEGIN');
  await hub.query("INSERT INTO entry VALUES ('prepared')");
  await hub.query("INSERT INTO row VALUES ('2025-07-01', 'prepared')");
  await assert.rejects(hub.query("PREPARE TRANSACTION 'publication'"), /cannot PREPARE .*postgres_fdw/);
  assert.equal(await entries(), 0);
  assert.deepEqual(await keys(rows, 'row_2025'), ['old', 'published']);
});
