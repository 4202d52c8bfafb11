/** What goes wrong around the hub: the database stops, the process is asked to stop, two hubs publish, a person's data searches for a leak. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { householdFile } from '../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../clients/sdk/datongProblem.ts';
import { startPostgres, type RunningPostgres } from '../hub/platform/postgres/startPostgres.ts';
import { sampleCity, testHub } from './hub.ts';
import { leafTexts } from './leafTexts.ts';

const hub = await testHub();
/** the database's second server */
let again: RunningPostgres | undefined;
after(async () => {
  await hub.hub.stop();
  await again?.stop();
  await hub.stop();
});
const city = await sampleCity(hub);
const file = householdFile(1500, 21);
const { client } = city.education;
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
assert.ok(child);
const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const ask = () =>
  client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: child.id }] },
    context,
  );

test('no answer leaves without a durable entry: 503 while the database is gone, answers when it is back', async () => {
  assert.equal((await ask()).json.records.length, 1);
  const { server } = hub.hub;
  assert.ok(server);
  const before = hub.hub.audit.size();
  process.kill(server.pid, 'SIGINT'); // PostgreSQL's fast shutdown
  await until(() => !isAlive(server.pid));
  const refused = await ask().then(
    () => assert.fail('was answered without a log'),
    (error: unknown) => error,
  );
  assert.ok(refused instanceof DatongProblem, String(refused));
  assert.equal(refused.status, 503);
  assert.equal(refused.kept?.receipt, undefined);
  const text = Buffer.from(refused.kept?.reply.body ?? []).toString('utf8');
  assert.equal(text.includes(child.id) || text.includes(child.name), false);
  const health = await fetch(`${hub.hub.origins.admin}/readyz`);
  assert.equal(health.status, 503);

  again = await startPostgres({ stateDir: hub.stateDir });
  assert.equal(again.attached, false);
  await until(async () => (await ask().catch(() => undefined))?.status === 200);
  assert.ok(hub.hub.audit.size() > before, 'the log goes on where it stood');
});

test('names, numbers and values of a person are in no log line, no error, no metric, and not in the log', async () => {
  const canaries = [child.id, child.name, child.guardian, child.address];
  const refusesSilently = (error: unknown): boolean => {
    assert.ok(error instanceof DatongProblem);
    const reported = Buffer.from(error.kept?.reply.body ?? []).toString('utf8');
    assert.notEqual(reported, '');
    for (const canary of canaries) assert.equal(reported.includes(canary), false, reported);
    return true;
  };
  await assert.rejects(
    client.query(
      'pub-security.household',
      { filter: [{ field: 'name', op: 'eq', value: child.name }] },
      context,
    ),
    refusesSilently,
  );
  await assert.rejects(
    client.query(
      'pub-security.household',
      { fields: [child.id], filter: [{ field: child.name, op: 'eq', value: child.id }] },
      context,
    ),
    refusesSilently,
  );
  const metrics = await (await fetch(`${hub.hub.origins.admin}/metrics`)).text();
  const logged = hub.logged.join('');
  const { rows } = await hub.hub.database.owner.query<{ line: string }>(
    "SELECT coalesce(consumer, '') AS line FROM audit_entry",
  );
  const lines = [...rows.map(({ line }) => line), ...(await leafTexts(hub.hub.database))];
  for (const canary of canaries) {
    assert.equal(metrics.includes(canary), false, 'metrics');
    assert.equal(logged.includes(canary), false, 'own log');
    assert.equal(
      lines.some((line) => line.includes(canary)),
      false,
      'audit log',
    );
  }
});

test('raw files and quarantined rows lie sealed in the database', async () => {
  const { rows } = await hub.hub.database.owner.query<{ sealed: Buffer }>(
    'SELECT sealed FROM batch_part UNION ALL SELECT sealed FROM quarantine',
  );
  assert.ok(rows.length > 1);
  const needle = Buffer.from(child.id, 'latin1');
  for (const { sealed } of rows) assert.equal(sealed.includes(needle), false);
});

test('keys and state on disk are for their owner alone', () => {
  const { keysDir } = hub.hub.config;
  assert.equal(statSync(keysDir).mode & 0o077, 0);
  for (const name of readdirSync(keysDir)) {
    const path = join(keysDir, name);
    if (statSync(path).isFile()) assert.equal(statSync(path).mode & 0o077, 0, name);
  }
  assert.ok(readFileSync(join(keysDir, readdirSync(keysDir)[0] ?? '')).length > 0);
});

test('a hub asked to stop lets calls in flight finish, and their entries are in the log', async () => {
  const size = hub.hub.audit.size();
  const requested = Array.from({ length: 40 }, ask);
  await Promise.race(requested); // all are under way
  const stopped = hub.hub.stop();
  const answers = await Promise.allSettled(requested);
  await stopped;
  const answered = answers.filter(({ status }) => status === 'fulfilled').length;
  assert.ok(answered > 0);
  assert.ok(hub.hub.audit.size() >= size + answered);
  for (const answer of answers) {
    if (answer.status === 'rejected')
      assert.equal(answer.reason instanceof DatongProblem, false, 'a connection that was never taken');
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 150; i += 1) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail('did not happen within fifteen seconds');
}
