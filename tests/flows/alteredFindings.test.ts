/** Findings and volumes that a database administrator changes: the rules go on, and nothing is judged by what was changed. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { readConfig } from '../../hub/platform/config/readConfig.ts';
import { watchLog } from '../../hub/features/log/jobs/watchLog.ts';
import { uuid7 } from '../../machine/uuid7.ts';
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
