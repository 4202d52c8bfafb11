/** On a separate server, because roles and their members belong to the whole server. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startPostgres } from '../postgres/startPostgres.ts';
import { alteredObjects } from './catalogue.ts';
import { asLogin, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

const stateDir = await mkdtemp(join(tmpdir(), 'datong-catalogue-'));
await chmod(stateDir, 0o711);
const server = await startPostgres({ stateDir, durable: false });
const { host, port, user } = server;
const address = { host, port, user, database: 'datong' };
const run = (sql: string, database = 'datong'): Promise<void> =>
  asLogin({ ...address, database }, async (login) => {
    for (const statement of sql.split(';')) await login.query(statement);
  });
await run('CREATE DATABASE datong', 'postgres');
const database = await openDatabase(address, { durable: false });
after(async () => {
  await database.close();
  await server.destroy();
  await rm(stateDir, { recursive: true, force: true });
});
await migrate(database);

test('extensions with composite types are no finding', async () => {
  await run('CREATE EXTENSION tablefunc');
  assert.deepEqual(await alteredObjects(database.owner), []);
});

test('settings of the database that change the texts of the catalogue are no finding', async () => {
  await run(
    "ALTER DATABASE datong SET quote_all_identifiers = on; ALTER DATABASE datong SET bytea_output = 'escape'; ALTER DATABASE datong SET extra_float_digits = 0",
  );
  const other = await openDatabase(address, { durable: false });
  try {
    const { rows } = await other.owner.query('SHOW quote_all_identifiers');
    assert.deepEqual(rows, [{ quote_all_identifiers: 'on' }]);
    assert.deepEqual(await alteredObjects(other.owner), []);
  } finally {
    await other.close();
  }
});

test('rights of other roles and members of datong_owner are named', async () => {
  await run(
    `CREATE ROLE reader; CREATE ROLE intruder LOGIN; GRANT SELECT ON credential TO reader; GRANT EXECUTE ON FUNCTION remove_found_row TO reader;
     GRANT UPDATE (kind) ON department TO reader; GRANT CREATE ON SCHEMA public TO reader; GRANT USAGE ON SCHEMA rows TO reader;
     GRANT datong_owner TO intruder`,
  );
  assert.deepEqual(await alteredObjects(database.owner), [
    ...['grants on credential to reader', 'grants on department to reader'],
    ...['grants on function remove_found_row to reader', 'grants on schema public to reader'],
    ...['grants on schema rows to reader', 'member intruder of datong_owner'],
  ]);
  await run('REVOKE CONNECT ON DATABASE datong FROM PUBLIC; DROP OWNED BY reader; DROP ROLE reader');
  assert.deepEqual(await alteredObjects(database.owner), []);
});
