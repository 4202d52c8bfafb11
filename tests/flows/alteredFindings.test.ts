/** Findings and volumes that a database administrator changes: the rules go on, and nothing is judged by what was changed. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { theHub } from '../../hub/log/draft.ts';
import { entry } from '../../hub/log/entry.ts';
import { readConfig } from '../../hub/platform/config/readConfig.ts';
import { watchLog, type WatchOptions } from '../../hub/features/log/jobs/watchLog.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { defined } from '../../terms/defined.ts';
import { administratorSession } from '../administratorSession.ts';
import { testDatabase } from '../database.ts';
import { applyCity, testHub } from '../hub.ts';
import { callsLogged } from './callsLogged.ts';

const database = await testDatabase();
const hub = await testHub({ database, jobsByTime: false, config: { findings: { denials: 5, readers: 3 } } });
after(() => hub.stop());
await applyCity(hub, ['city/departments.yaml', 'city/regions.yaml', 'household/dataset.yaml']);
const auditor = await hub.token('auditor', ['auditor']);
const calls = callsLogged(hub, database);
const watch = async (): Promise<void> => assert.equal(await hub.hub.runner.run('watchLog'), 'ok');

interface Risk {
  readonly id: string;
  readonly count: number;
}
const risks = async (): Promise<readonly Risk[]> =>
  (await hub.staff(auditor, 'GET', '/v1/risks')).json['risks'] as readonly Risk[];

test('a finding that was altered past the hub does not change, and the others are found', async () => {
  const administrator = await administratorSession(database, '-c session_replication_role=replica');
  const readBy = async (person: number, ...officials: readonly string[]): Promise<void> => {
    for (const official of officials) await calls(1, { official, person: Buffer.alloc(16, person) });
  };
  const known = new Set((await risks()).map(({ id }) => id));
  const fresh = async (): Promise<readonly Risk[]> => (await risks()).filter(({ id }) => !known.has(id));
  await readBy(0x5e, 'p-1', 'p-2', 'p-3');
  await watch();
  const [first] = await fresh();
  const { id, count } = first ?? assert.fail();
  const set = (to: number) => administrator.query('UPDATE risk SET count = $2 WHERE id = $1', [id, to]);
  await set(1);
  await readBy(0x5e, 'p-4');
  await readBy(0x5f, 'p-1', 'p-2', 'p-3');
  assert.equal(await hub.hub.runner.run('watchLog'), 'rows_unauthenticated');
  assert.ok((await fresh()).length > 0, 'another finding');
  await set(count);
  await watch();
  assert.ok(((await risks()).find((one) => one.id === id)?.count ?? 0) > count, 'it grows again');
});

test('volumes that stay altered do not stop the rules over later entries; their day is judged again once they are restored', async () => {
  const administrator = await administratorSession(database, '-c session_replication_role=replica');
  const { app } = database;
  await app.query(`INSERT INTO risk_volume (consumer, day, first_entry, behind_entry, rows, off_hours)
                   VALUES ('education', '2020-01-01', 0, 1, 100, 0)`);
  const set = (rows: number) =>
    administrator.query(`UPDATE risk_volume SET rows = $1 WHERE day = '2020-01-01'`, [rows]);
  const { findings } = readConfig({ name: 'yunxi', publicOrigin: 'https://localhost' }, {});
  const job = watchLog(app, hub.hub.audit, { ...findings, denials: 5 }, { maxEntries: 20 });
  const from = hub.hub.audit.size();
  const reported = new Set<unknown>();
  let state: unknown = { from, seen: from };
  const judge = async (): Promise<readonly unknown[]> => {
    const failures: unknown[] = [];
    for (let more = true; more;) {
      const result = await job.run({
        state,
        signal: new AbortController().signal,
        now: () => database.now(),
        act: ({ change }) => {
          reported.add(change?.['rule']);
          return Promise.resolve({ exchange: uuid7(0) });
        },
      });
      state = result.state ?? state;
      failures.push(...(result.failures ?? []));
      more = result.more === true;
    }
    return failures;
  };
  const yesterday = { official: 'late', ago: 3, matter: 'YX-2026-9' };
  await set(1);
  await calls(45, yesterday);
  await calls(6, { ...yesterday, code: 'no_agreement' });
  const size = hub.hub.audit.size();
  assert.ok((await judge()).length > 1);
  const { again, seen } = state as { readonly again?: number; readonly seen: number };
  assert.deepEqual([again, seen], [from, size]);
  assert.ok(reported.has('denial-burst'), 'by entries that come after two portions');
  await set(100);
  assert.deepEqual(await judge(), []);
  assert.equal((state as { readonly seen: number }).seen, size);
  assert.ok(!Object.hasOwn(state as object, 'again'));
});

const { findings } = readConfig({ name: 'yunxi', publicOrigin: 'https://localhost' }, {});
/** Runs the job once from a state on; returns its result with the rules of the findings that it reported. */
async function judged(state: unknown, options: WatchOptions = {}, afterMs = 0) {
  const rules: unknown[] = [];
  const result = await watchLog(database.app, hub.hub.audit, findings, options).run({
    state,
    signal: new AbortController().signal,
    now: () => database.now() + afterMs,
    act: ({ change }) => {
      rules.push(change?.['rule']);
      return Promise.resolve({ exchange: uuid7(0) });
    },
  });
  return { rules, state: result.state, failures: result.failures ?? [] };
}

test('a day whose rests the index cannot answer yet is judged again once it can', async () => {
  await calls(1, { agreement: 'agr-rested@1', ago: 200 });
  const from = hub.hub.audit.size();
  await calls(1, { agreement: 'agr-rested@1', ago: 1 });
  await calls(1, { agreement: 'agr-other@1' });
  const rebuilding = await judged({ from, seen: from }, { maxUnindexed: 1 });
  assert.deepEqual([rebuilding.rules, rebuilding.failures], [[], []]);
  const still = await judged(rebuilding.state, { maxUnindexed: 1 });
  assert.deepEqual([still.rules, still.failures], [[], []]);
  const whole = await judged(still.state, {}, 300_000);
  assert.deepEqual([whole.rules, whole.failures], [['dormant-agreement'], []]);
  assert.ok(!Object.hasOwn(whole.state as object, 'again'));
});

test('a rest that cannot be judged yet stops no judgement of later entries, and is tried again once in five minutes', async () => {
  const from = hub.hub.audit.size();
  await calls(30, { agreement: 'agr-long@1', official: 'waits' });
  await calls(10, { code: 'no_agreement', official: 'hasty' });
  const size = hub.hub.audit.size();
  const volumes = async (): Promise<unknown> =>
    (
      await database.app.query(
        `SELECT sum(rows)::int AS rows FROM risk_volume WHERE consumer = 'education' AND first_entry >= $1`,
        [from],
      )
    ).rows;
  const rules: unknown[] = [];
  const judgeAll = async (state: unknown, maxUnindexed: number | undefined, afterMs: number) => {
    const job = watchLog(
      database.app,
      hub.hub.audit,
      { ...findings, denials: 5 },
      { maxEntries: 10, ...defined({ maxUnindexed }) },
    );
    let [last, runs] = [state, 0];
    for (let more = true; more && runs < 20; runs += 1) {
      const result = await job.run({
        state: last,
        signal: new AbortController().signal,
        now: () => database.now() + afterMs,
        act: ({ change }) => {
          rules.push(change?.['rule']);
          return Promise.resolve({ exchange: uuid7(0) });
        },
      });
      last = result.state ?? last;
      more = result.more === true;
    }
    return { runs, state: last as { readonly seen: number; readonly again?: number } };
  };
  // four portions, and one attempt that finds the first still without its rests
  const rebuilding = await judgeAll({ from, seen: from }, 0, 0);
  assert.deepEqual([rebuilding.runs, rebuilding.state.seen, rebuilding.state.again], [5, size, from]);
  assert.ok(rules.includes('denial-burst'), 'of the last portion');
  assert.deepEqual(await volumes(), [{ rows: 30 }]);
  assert.equal((await judgeAll(rebuilding.state, 0, 200_000)).runs, 1);
  const still = await judgeAll(rebuilding.state, 0, 300_000);
  assert.deepEqual([still.runs, still.state.seen, still.state.again], [1, size, from]);
  assert.deepEqual(await volumes(), [{ rows: 30 }], 'a vain attempt removes none');
  const whole = await judgeAll(still.state, undefined, 600_000);
  assert.deepEqual([whole.runs, whole.state.seen, whole.state.again], [4, size, undefined]);
  assert.deepEqual(await volumes(), [{ rows: 30 }]);
});

test('since when an unused agreement is in force is read from the log, also where its row was altered', async () => {
  const decided = database.now() - 100 * 86_400_000;
  const [first, document] = [uuid7(decided), 'agr-idle@1'];
  await hub.hub.audit.append(
    entry({
      exchange: first,
      now: decided,
      operation: 'decidePolicyDocument',
      kind: 'management',
      actor: theHub,
      facts: { change: { document, digest: 'd', state: 'active' } },
      carried: undefined,
    }),
  );
  const administrator = await administratorSession(database, '-c session_replication_role=replica');
  await administrator.query(
    `INSERT INTO policy_document (id, version, kind, text, digest, state, author, submitted_by, decided_by, decided_at)
     SELECT 'agr-idle', 1, 'Agreement', '{}', 'd', 'active', id, $1::uuid, $1::uuid, now() FROM person LIMIT 1`,
    [first],
  );
  const from = hub.hub.audit.size();
  await calls(1, { agreement: document });
  assert.deepEqual((await judged({ from, seen: from })).rules, ['dormant-agreement']);
  const decidedBy = (id: string) =>
    administrator.query(`UPDATE policy_document SET decided_by = $1 WHERE id = 'agr-idle'`, [id]);
  // an entry about something else
  const { rows } = await database.app.query<{ id: string }>(
    'SELECT id FROM audit_entry ORDER BY idx DESC LIMIT 1',
  );
  await decidedBy(rows[0]?.id ?? '');
  const altered = await judged({ from, seen: from });
  assert.deepEqual(
    [altered.rules, altered.failures.map((one) => (one as { readonly code?: string }).code)],
    [[], ['rows_unauthenticated']],
  );
  await decidedBy(first);
  assert.deepEqual((await judged(altered.state)).rules, ['dormant-agreement']);
  await administrator.query(`DELETE FROM policy_document WHERE id = 'agr-idle'`);
});
