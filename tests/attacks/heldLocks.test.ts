/** A database administrator holds a lock for ever: readiness reports it, calls end with 503, and the hub continues when the lock is gone. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { administratorSession } from '../administratorSession.ts';
import { eventually } from '../eventually.ts';
import { open, reported } from '../flows/intakeCalls.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const administrator = await administratorSession(database);
after(() => hub.stop());

const readiness = async (): Promise<{
  readonly status: number;
  readonly commit: string;
  readonly ms: number;
}> => {
  const begun = performance.now();
  const reply = await fetch(`${hub.hub.origins.admin}/readyz`);
  const { checks } = (await reply.json()) as { readonly checks: Record<string, string> };
  return { status: reply.status, commit: checks['commit'] ?? '', ms: performance.now() - begun };
};
const call = async (): Promise<{ readonly status: number; readonly code: unknown; readonly ms: number }> => {
  const begun = performance.now();
  const { status, json } = await hub.staff(city.operator, 'POST', '/v1/departments', {
    code: `office-${Math.trunc(begun)}`,
    name: { zh: '局', en: 'Office' },
    kind: 'government',
  });
  return { status, code: json['code'], ms: performance.now() - begun };
};

// of someone else, as an extension makes them
await administrator.query('CREATE TABLE public.spatial (id integer)');

const newest = `SELECT relname AS name FROM pg_class WHERE oid = (SELECT max(inhrelid) FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass)`;
const locks = [
  ['the head of the log', () => 'LOCK TABLE audit_head IN ACCESS EXCLUSIVE MODE'],
  ['the row of the head', () => 'SELECT FROM audit_head WHERE id = 1 FOR UPDATE'],
  ['the newest part of the log', (part: string) => `LOCK TABLE ${part} IN EXCLUSIVE MODE`],
  ['seals', () => 'LOCK TABLE row_seal IN SHARE MODE'],
] as const;

for (const [what, lock] of locks)
  test(`a lock on ${what}: not ready, calls are refused with 503 in time, and all is well afterwards`, async () => {
    assert.equal((await readiness()).commit, 'ok');
    const { rows } = await administrator.query<{ name: string }>(newest);
    await administrator.query('BEGIN');
    await administrator.query(lock(rows[0]?.name ?? assert.fail()));
    try {
      const calls = Array.from({ length: 12 }, call);
      const reported = await readiness();
      assert.deepEqual(
        [reported.status, reported.commit],
        [503, 'locked: another session holds a lock on a table of the hub'],
      );
      assert.ok(reported.ms < 2_500, `${reported.ms} ms`);
      for (const { status, code, ms } of await Promise.all(calls)) {
        assert.equal(status, 503, String(code));
        assert.ok(ms < 30_000, `${ms} ms`);
      }
    } finally {
      await administrator.query('ROLLBACK');
    }
    assert.equal((await call()).status, 201);
    assert.equal((await readiness()).commit, 'ok');
  });

const opened = async (): Promise<string> =>
  (
    await reported(open(city.publicSecurity.client, 'pub-security.household').then(() => ({ status: 201 })))
  ).slice(0, 12);
const rowLocks = [
  [
    'a sum of seals',
    `SELECT FROM row_sum WHERE table_name = 'department' FOR UPDATE`,
    async () => String((await call()).status),
  ],
  [
    'an advisory lock',
    `SELECT pg_advisory_xact_lock(hashtext('open batches'), hashtext('pub-security'))`,
    opened,
  ],
] as const;
for (const [what, lock, act] of rowLocks)
  test(`a lock on a row, or an advisory lock (${what}): not ready while a statement of the hub waits for it`, async () => {
    await administrator.query('BEGIN');
    await administrator.query(lock);
    let result: Promise<string>;
    try {
      assert.equal((await readiness()).commit, 'ok', 'nothing waits');
      result = act();
      const begun = performance.now();
      await eventually(
        async () => (await readiness()).commit.startsWith('locked: '),
        () => 'readiness reports no lock',
      );
      assert.ok(performance.now() - begun < 4_000, `${performance.now() - begun} ms`);
    } finally {
      await administrator.query('ROLLBACK');
    }
    assert.match(await result, /^(?:201|503|service_unav)/);
    assert.equal((await readiness()).commit, 'ok');
    assert.equal(await act(), '201');
  });

test('a statement of a job waits for a lock at most five minutes', async () => {
  for (const pool of [database.app, database.owner]) {
    const { rows } = await pool.query<{ wait: string }>(`SELECT current_setting('lock_timeout') AS wait`);
    assert.deepEqual(rows, [{ wait: '5min' }]);
  }
});
