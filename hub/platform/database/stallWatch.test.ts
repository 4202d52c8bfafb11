/** Statements without a deadline of their own: while the server lives they go on, however long; when it is frozen they end. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pg from 'pg';
import { freeze } from '../../../tests/faults/freeze.ts';
import { startPostgres } from '../postgres/startPostgres.ts';
import { connectionOf, longStatement } from './connection.ts';
import { isConnectionLoss } from './failure.ts';
import { StallWatch } from './stallWatch.ts';
import { withTransaction } from './transaction.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'datong-stall-'));
const server = await startPostgres({ stateDir, durable: false });
const address = { host: server.host, port: server.port, user: server.user, database: 'postgres' };
const pool = new pg.Pool({ ...connectionOf(address), query_timeout: 200, max: 2 });
pool.on('error', () => undefined);
const watch = new StallWatch(address, { every: 100, patience: 300 });
watch.over(pool);
after(async () => {
  freeze(server.pid, 'SIGCONT');
  watch.stop();
  await pool.end();
  await server.destroy();
  rmSync(stateDir, { recursive: true, force: true });
});

test('a statement over its deadline ends; a statement without a deadline continues while the server lives', async () => {
  await assert.rejects(
    withTransaction(pool, (transaction) => transaction.query('SELECT pg_sleep(1)')),
    isConnectionLoss,
  );
  const { rows } = await withTransaction(pool, (transaction) =>
    longStatement<{ done: number }>(transaction, 'SELECT 1 AS done FROM pg_sleep(1)'),
  );
  assert.deepEqual(rows, [{ done: 1 }]);
});

test('of a frozen server the watch cuts what waits', async () => {
  const waiting = withTransaction(pool, async (transaction) => {
    const statement = longStatement(transaction, 'SELECT pg_sleep(60)');
    freeze(server.pid, 'SIGSTOP');
    return statement;
  });
  await assert.rejects(waiting, isConnectionLoss);
  freeze(server.pid, 'SIGCONT');
  assert.equal((await pool.query('SELECT')).rowCount, 1);
});
