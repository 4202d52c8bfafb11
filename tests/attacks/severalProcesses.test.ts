/**
 * A hub has several processes. One of them commits a change; a database administrator puts table, seals and sum back to the state before, and another
 * process, which never saw the change, goes on from there. The process that committed notices it after any number of further changes, all
 * processes refuse further ones, and two persons end it for all of them.
 */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { rowsAtRandom } from '../../hub/features/log/jobs/rowsAtRandom.ts';
import { randomComparisons } from '../../hub/flows/intake/jobs/randomComparisons.ts';
import { sealingOf } from '../../hub/platform/database/authenticated/rowSealing.ts';
import { sealedNames } from '../../hub/platform/database/authenticated/rules.ts';
import { recordName, writeServerRecord } from '../../hub/platform/database/authenticated/serverCatalogue.ts';
import { readSums } from '../../hub/platform/database/authenticated/sealStore.ts';
import { openDatabase, type Database } from '../../hub/platform/database/database.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { compareRows } from '../comparison.ts';
import { guardedDatasets } from '../flows/guardedDatasets.ts';
import { people } from '../flows/householdRecords.ts';
import { testHub, type TestHub } from '../hub.ts';
import { putBack, sealedParts, stateOf, type Parts } from './putBack.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const administrator = await administratorSession(
  database,
  '-c session_replication_role=replica -c client_min_messages=warning',
);
const auditor = await hub.token('auditor one', ['auditor']);
const officer = await hub.token('officer two', ['security']);
const steward = await hub.token('han', ['steward'], 'pub-security');
const registered = guardedDatasets(hub, {
  operator: city.operator,
  steward,
  client: city.publicSecurity.client,
});

interface Process {
  readonly hub: TestHub;
  readonly database: Database;
}

/** Another process of the hub, with a database session and a state folder that no other process has. @param stateOf a folder to start from */
async function another(stateOf?: string): Promise<Process> {
  const own = await openDatabase(database.address, { connections: 5, durable: false });
  const made = await testHub({
    database: own,
    keysDir: hub.hub.config.keysDir,
    jobsByTime: false,
    ...(stateOf === undefined ? {} : { stateOf }),
  });
  after(async () => {
    await made.stop();
    await own.close();
  });
  return { hub: made, database: own };
}

const first: Process = { hub, database };

/** Findings after a run of both jobs in one process, as all of them store them. */
async function found({ hub: { hub } }: Process): Promise<string[]> {
  await compareRows({ hub });
  assert.equal(await hub.runner.run('verifyDatasets'), 'ok');
  const { rows } = await administrator.query<{ code: string; about: string }>(
    `SELECT code, about FROM log_finding WHERE about <> '' ORDER BY about`,
  );
  return rows.map(({ code, about }) => `${code} ${about}`);
}

async function foundInAll(processes: readonly Process[], expected: readonly string[]): Promise<void> {
  for (const [nth, one] of processes.entries())
    assert.deepEqual(await found(one), expected, `process ${nth + 1}`);
}

let titles = 0;
const change = ({ database: { owner } }: Process): Promise<unknown> =>
  withTransaction(owner, (transaction) =>
    transaction.query(`UPDATE purpose SET title_en = $1 WHERE code = 'school-enrolment'`, [
      `Title ${(titles += 1)}`,
    ]),
  );
const refused = { code: 'rows_unauthenticated' };

/** One person proposes and another accepts, both at one process. */
async function decide({ hub: one }: Process, about: string): Promise<void> {
  const shown = await one.staff(auditor, 'GET', `/v1/log/findings/rows?about=${encodeURIComponent(about)}`);
  assert.equal(shown.status, 200, JSON.stringify(shown.json));
  const { digest } = shown.json;
  const body = { about, act: 'seal', digest, reason: 'compared with the papers', case: 'AQ-2026-4' };
  const proposed = await one.staff(auditor, 'POST', '/v1/log/findings/restorations', body);
  assert.equal(proposed.status, 202, JSON.stringify(proposed.json));
  const path = `/v1/proposals/${String(proposed.json['proposal'])}/acceptance`;
  const accepted = await one.staff(officer, 'POST', path, { digest: proposed.json['digest'] });
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
}

const purposes = sealedParts('purpose');
const second = await another();
const rolledBack = ['rows_rolled_back purpose'];

for (const writes of [1, 2, 3, 5])
  test(`a sealed table that is put back after a commit, and ${writes} changes of another process: found, refused, accepted for all`, async () => {
    await foundInAll([first, second], []);
    const before = await stateOf(administrator, purposes);
    await change(first);
    await putBack(administrator, purposes, before);
    for (let nth = 0; nth < writes; nth += 1) await change(second);
    assert.deepEqual(await found(second), [], 'the other process cannot know');

    await assert.rejects(change(first), refused);
    assert.deepEqual(await found(first), rolledBack);
    await foundInAll([second, first, second], rolledBack);
    await assert.rejects(change(second), refused, 'it knows by now');

    await decide(second, 'purpose');
    await foundInAll([first, second], []);
    for (const one of [first, second, first]) await change(one);
    await foundInAll([second, first], []);
  });

test('a comparison at random in the process that committed finds it, also where the rows are as before by then', async () => {
  const other = await another();
  const before = await stateOf(administrator, purposes);
  await change(first);
  const committed = await stateOf(administrator, purposes);
  await putBack(administrator, purposes, before);
  await change(other);
  await rowsAtRandom(other.database).compare();
  await rowsAtRandom(first.database).compare();
  await putBack(administrator, purposes, committed);
  assert.equal(sealingOf(database.app)?.isSuspicious, true, 'the job of this process runs early');
  assert.deepEqual(await found(first), rolledBack);
  await foundInAll([first, second], []);
});

test('the comparisons of the process that committed are cancelled: it reports the finding, and readiness that they are missed', async () => {
  const committing = await another();
  await change(second);
  const before = await stateOf(administrator, purposes);
  await change(committing);
  await putBack(administrator, purposes, before);
  await change(second);
  /** @param tables that are locked: the first of them that `work` reads makes it wait */
  const cancelled = async (tables: readonly string[], work: () => Promise<unknown>): Promise<void> => {
    await administrator.query(`BEGIN; LOCK TABLE ${tables.join()} IN ACCESS EXCLUSIVE MODE`);
    let hasEnded = false;
    const ending = assert
      .rejects(work, ({ code = '' }: { readonly code?: string }) => ['57014', 'ERR_ASSERTION'].includes(code))
      .finally(() => (hasEnded = true));
    while (!hasEnded) {
      await administrator.query(
        'SELECT pg_cancel_backend(pid) FROM pg_locks WHERE NOT granted AND relation = ANY ($1::regclass[])',
        [tables],
      );
      await Promise.race([ending, setTimeout(20)]);
    }
    await ending;
    await administrator.query('ROLLBACK');
  };
  for (let round = 0; round < 3; round += 1)
    await cancelled(sealedNames, () => rowsAtRandom(committing.database).compare());
  assert.deepEqual(
    randomComparisons(committing.database)
      .hindered(committing.database.now())
      .map(({ name, cause, times }) => [name, cause, times]),
    [['sealed tables', 'cancelled', 3]],
  );
  await cancelled(['purpose'], async () =>
    assert.equal(await committing.hub.hub.runner.run('verifyRows'), 'ok'),
  );
  await assert.rejects(change(second), refused, 'marked before the rows were read');
  await decide(committing, 'purpose');
  await foundInAll([committing, first, second], []);
});

test('a database that is away for some minutes is no sabotage of the comparisons', async (t) => {
  const { database } = await another();
  const away = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED', syscall: 'connect' }));
  const connect = t.mock.method(database.owner, 'connect', away as never);
  const comparisons = randomComparisons(database);
  const before = comparisons.hindered(database.now());
  for (let round = 0; round < 5; round += 1)
    await assert.rejects(rowsAtRandom(database).compare(), { code: 'ECONNREFUSED' });
  connect.mock.restore();
  assert.deepEqual(comparisons.hindered(database.now()), before);
  await rowsAtRandom(database).compare();
});

test('a process that only compares at random learns of the commits of the others, before the table is put back', async () => {
  const third = await another();
  await rowsAtRandom(third.database).compare();
  await change(second);
  const before = await stateOf(administrator, purposes);
  await change(first);
  await rowsAtRandom(third.database).compare();
  await putBack(administrator, purposes, before);
  assert.deepEqual(await found(third), rolledBack);
  await decide(third, 'purpose');
  await foundInAll([first, second, third], []);
});

test('the process that committed is restarted before it compares: its state folder has what it knew', async () => {
  await change(second);
  const committing = await another();
  const before = await stateOf(administrator, purposes);
  await change(committing);
  const folder = await mkdtemp(join(tmpdir(), 'datong-several-'));
  await putBack(administrator, purposes, before);
  for (let nth = 0; nth < 3; nth += 1) await change(second);
  await committing.hub.hub.stop();
  await cp(committing.hub.stateDir, folder, { recursive: true });
  after(() => rm(folder, { recursive: true, force: true }));
  assert.deepEqual(await found(second), []);
  const again = await another(folder);
  assert.deepEqual(await found(again), rolledBack);
  await decide(again, 'purpose');
  await foundInAll([first, second, again], []);
});

test('another process goes on from a state that the first one has undone', async () => {
  let state: Awaited<ReturnType<typeof stateOf>> = [];
  await change(first);
  const undone = withTransaction(database.owner, async (transaction) => {
    await transaction.query(`UPDATE purpose SET title_en = 'undone' WHERE code = 'school-enrolment'`);
    await sealingOf(database.owner)?.seal(transaction, '01890000-0000-7000-8000-000000000000');
    state = await stateOf(transaction, purposes);
    throw new Error('undone');
  });
  await assert.rejects(undone, /undone/);
  await change(second); // more than the undone version
  await putBack(administrator, purposes, state);
  const fresh = await another();
  for (let nth = 0; nth < 4; nth += 1) await change(fresh);
  assert.deepEqual(await found(fresh), []);
  await assert.rejects(change(first), refused);
  assert.deepEqual(await found(first), rolledBack);
  await decide(first, 'purpose');
  await foundInAll([first, second, fresh], []);
});

test('a vector that is removed, that is of an earlier state, or of another table', async () => {
  for (const [what, replaced] of [
    ['removed', 'writers = NULL, writers_mac = NULL'],
    ['with another MAC', `writers_mac = sha256('x')`],
    [
      'of another table',
      `(writers, writers_mac) = (SELECT writers, writers_mac FROM row_sum WHERE table_name = 'person')`,
    ],
    ['of an earlier state', `(writers, writers_mac) = (SELECT writers, writers_mac FROM apart.former)`],
  ] as const) {
    await administrator.query(
      `CREATE SCHEMA apart; CREATE TABLE apart.former AS SELECT * FROM row_sum WHERE table_name = 'purpose'`,
    );
    await change(first);
    await change(second);
    const before = await stateOf(administrator, purposes);
    await administrator.query(`UPDATE row_sum SET ${replaced} WHERE table_name = 'purpose'`);
    await administrator.query('DROP SCHEMA apart CASCADE');
    for (const one of [first, second]) await assert.rejects(change(one), refused, what);
    await foundInAll([first, second], rolledBack);
    await putBack(administrator, purposes, before);
    await foundInAll([first, second], []);
  }
});

test('the mark of a finding is removed: the process that knows sets it again, and the others have learned', async () => {
  const before = await stateOf(administrator, purposes);
  await change(first);
  await putBack(administrator, purposes, before);
  await change(second);
  const unmarked = await stateOf(administrator, purposes);
  assert.deepEqual(await found(first), rolledBack);
  await assert.rejects(change(second), refused);
  await putBack(administrator, purposes, unmarked);
  await assert.rejects(change(second), refused);
  await foundInAll([second, first], rolledBack);
  await decide(second, 'purpose');
  await foundInAll([first, second], []);
});

let seed = 0;
async function publishes(by: typeof registered, id: string): Promise<void> {
  const { state, code, findings } = await by.sent(id, people(20, (seed += 1)));
  assert.equal(state, 'published', JSON.stringify([code, findings]));
}

const clientOf = ({ hub: { hub: at, ca } }: Process): DatongClient => {
  const { tls, signing } = city.publicSecurity;
  const { exchange, open } = at.origins;
  return new DatongClient({
    department: 'pub-security',
    hub: { exchange, open },
    ca,
    tls,
    signingKey: signing,
  });
};

test('the lasting table of an upsert dataset, and the pointer to the batch of a snapshot', async () => {
  const merged = await registered.dataset('merged', {}, 'upsert');
  const shown = await registered.dataset('shown');
  const schema = hub.hub.services.registry.current.datasets.get(merged)?.schema ?? assert.fail();
  for (const id of [merged, shown]) await publishes(registered, id);
  const table = datasetTable(merged, schema).replaceAll('"', '');
  // it starts here, so it knows the datasets
  const other = await another();
  const client = clientOf(other);
  after(() => client.close());
  const there = guardedDatasets(other.hub, { operator: city.operator, steward, client });
  await foundInAll([first, other], []);

  const parts: Parts = [
    [table, 'true'],
    ['row_sum', `table_name IN ('${table}', 'current ${shown}')`],
  ];
  const { rows: pointers } = await administrator.query<{ batch: string }>(
    'SELECT current_batch AS batch FROM dataset WHERE id = $1',
    [shown],
  );
  const before = await stateOf(administrator, parts);
  for (const id of [merged, shown]) await publishes(registered, id);
  await putBack(administrator, parts, before);
  await administrator.query('UPDATE dataset SET current_batch = $1 WHERE id = $2', [
    pointers[0]?.batch,
    shown,
  ]);
  for (let nth = 0; nth < 3; nth += 1) for (const id of [merged, shown]) await publishes(there, id);
  assert.deepEqual(await found(other), []);

  await randomComparisons(other.database).compare();
  const expected = [`dataset_batch_moved current ${shown}`, `dataset_rows_altered ${table}`];
  await foundInAll([first, other, first], expected);
  assert.notEqual((await registered.sent(merged, people(20, (seed += 1)))).state, 'published');
  assert.notEqual((await there.sent(merged, people(20, (seed += 1)))).state, 'published');

  await decide(other, table);
  await decide(other, `current ${shown}`);
  await foundInAll([first, other], []);
  for (const by of [registered, there, registered]) for (const id of [merged, shown]) await publishes(by, id);
  await foundInAll([first, other], []);
});

test('a provider who sends a batch again ends the finding about a pointer, in all processes', async () => {
  const id = await registered.dataset('again');
  await publishes(registered, id);
  const other = await another();
  const client = clientOf(other);
  after(() => client.close());
  const there = guardedDatasets(other.hub, { operator: city.operator, steward, client });
  await foundInAll([first, other], []);
  const parts: Parts = [['row_sum', `table_name = 'current ${id}'`]];
  const before = await stateOf(administrator, parts);
  await publishes(registered, id);
  await putBack(administrator, parts, before);
  await publishes(there, id);
  await foundInAll([other], []);
  await foundInAll([first, other], [`dataset_batch_moved current ${id}`]);
  await publishes(there, id);
  await foundInAll([first, other], []);
});

test('a publication takes the place of a pointer that was put back, before a comparison found it: it is a finding all the same', async () => {
  const id = await registered.dataset('hasty');
  await publishes(registered, id);
  const parts: Parts = [['row_sum', `table_name = 'current ${id}'`]];
  const before = await stateOf(administrator, parts);
  await publishes(registered, id);
  await putBack(administrator, parts, before);
  await publishes(registered, id);
  assert.deepEqual(await found(first), [`dataset_batch_moved current ${id}`]);
  await foundInAll([first, second, first], []);
});

test('the record of the objects of the server', async () => {
  const parts: Parts = [['row_sum', `table_name = '${recordName}'`]];
  const record = async ({ database: { owner, app } }: Process): Promise<void> => {
    const digests = sealingOf(app)?.digests ?? assert.fail();
    const stored = (await readSums(owner, digests.key, [recordName], false)).get(recordName) ?? assert.fail();
    await withTransaction(owner, (transaction) =>
      writeServerRecord(transaction, digests, digests.next(recordName, stored, stored)),
    );
  };
  const other = await another();
  const before = await stateOf(administrator, parts);
  await record(first);
  const committed = await stateOf(administrator, parts);
  await putBack(administrator, parts, before);
  await record(other);
  await record(other);
  assert.deepEqual(await found(other), []);
  const server = ['catalogue_altered catalogue objects of the server'];
  await foundInAll([first, other], server);
  await putBack(administrator, parts, committed);
  await foundInAll([first], []);
});
