/** The disk of the database is full: PostgreSQL says so for what it would write, and goes on answering all else. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { asLogin } from '../../hub/store/database/database.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';

const database = await testDatabase();
const hub = await testHub({ database });
after(() => hub.stop());
const city = await sampleCity(hub);
const file = householdFile(1500, 21);
const send = (): Promise<unknown> =>
  city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const asSuperuser = (sql: string): Promise<unknown> => asLogin(database.address, (login) => login.query(sql));
const readiness = async (): Promise<{ status: number; storage: unknown }> => {
  const answer = await fetch(`${hub.hub.origins.admin}/readyz`);
  const { checks } = (await answer.json()) as { checks: Record<string, unknown> };
  return { status: answer.status, storage: checks['storage'] };
};

test('an upload is refused with 503 and what to do, readiness follows, and both are well when there is room again', async () => {
  assert.deepEqual(await readiness(), { status: 200, storage: 'ok' });
  // what the server answers when its disk is full, for raw bytes and for new tables
  await asSuperuser(`
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE disk_full; END';
    CREATE TRIGGER no_room BEFORE INSERT ON batch_part FOR EACH ROW EXECUTE FUNCTION no_room();
    CREATE FUNCTION no_table() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE disk_full; END';
    CREATE EVENT TRIGGER no_table ON ddl_command_start WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS')
      EXECUTE FUNCTION no_table()`);
  const refused = await send().then(
    () => assert.fail('was stored on a full disk'),
    (error: unknown) => error,
  );
  assert.ok(refused instanceof DatongProblem, String(refused));
  assert.equal(refused.status, 503);
  assert.equal(refused.code, 'storage_full');
  assert.deepEqual(await readiness(), { status: 503, storage: 'storage_full' });
  await asSuperuser('DROP EVENT TRIGGER no_table; DROP TRIGGER no_room ON batch_part');
  assert.deepEqual(await readiness(), { status: 200, storage: 'ok' });
  await send();
});
