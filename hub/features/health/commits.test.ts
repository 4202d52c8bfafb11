/** Readiness commits: a server that waits for a standby which is away is not ready, and is again when it is. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { asLogin } from '../../platform/database/database.ts';
import { testHub } from '../../../tests/hub.ts';

const hub = await testHub({
  postgres: { settings: { wal_level: 'replica', max_wal_senders: '4', synchronous_commit: 'on' } },
  jobsByTime: false,
});
after(() => hub.stop());
const { database } = hub.hub;

const setting = (statement: string): Promise<void> =>
  asLogin(database.address, async (login) => {
    await login.query(statement);
    await login.query('SELECT pg_reload_conf()');
    await login.query('SELECT pg_sleep(0.3)');
  });

async function ready(): Promise<{ readonly status: number; readonly commit: string }> {
  const reply = await fetch(`${hub.hub.origins.admin}/readyz`);
  const { checks } = (await reply.json()) as { readonly checks: Record<string, string> };
  return { status: reply.status, commit: checks['commit'] ?? '' };
}

const waiting = (): Promise<number> =>
  asLogin(database.address, async (login) => {
    const { rows } = await login.query<{ n: string }>(
      "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
    );
    return Number(rows[0]?.n);
  });

test('a probe uses no connection of the pool, and the end of a late one hits only its own', async () => {
  const taken = await Promise.all(
    Array.from({ length: database.app.options.max }, () => database.app.connect()),
  );
  try {
    assert.equal(await database.commits.state(), 'ok');
    await setting("ALTER SYSTEM SET synchronous_standby_names = 'nowhere'");
    // runs longer than the probe waits; a cancelled statement is rejected
    const others = taken.map((client) => client.query("SELECT pg_sleep(2.5), 'unhurt' AS what"));
    assert.equal(await database.commits.state(), 'no commit within 1.5 s');
    for (const { rows } of await Promise.all(others))
      assert.equal((rows[0] as { what: string }).what, 'unhurt');
    assert.equal(await waiting(), 0);
  } finally {
    for (const client of taken) client.release();
    await setting('ALTER SYSTEM RESET synchronous_standby_names');
  }
  assert.equal(await database.commits.state(), 'ok');
});

test('commits that hang: 503 within two seconds, waiting sessions do not accumulate; ready when they end', async () => {
  assert.deepEqual(await ready(), { status: 200, commit: 'ok' });
  await setting("ALTER SYSTEM SET synchronous_standby_names = 'nowhere'");
  const begun = performance.now();
  const replies = await Promise.all([ready(), ready(), ready()]);
  assert.ok(performance.now() - begun < 2_500);
  for (const reply of replies) assert.deepEqual(reply, { status: 503, commit: 'no commit within 1.5 s' });
  // a commit of the hub itself may wait, but probes do not accumulate
  const before = await waiting();
  assert.ok(before <= 2, `${before} wait`);
  for (let n = 0; n < 3; n += 1) assert.equal((await ready()).status, 503);
  assert.ok((await waiting()) <= 2);
  await setting('ALTER SYSTEM RESET synchronous_standby_names');
  assert.deepEqual(await ready(), { status: 200, commit: 'ok' });
});
