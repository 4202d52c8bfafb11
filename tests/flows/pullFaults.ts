/** Sources and disks that fail a pull in the middle, on the hub of pull.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headers } from '../../clients/cli/demo/files/householdFile.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import { fullDiskOf } from '../faults/fullDisk.ts';
import type { TestHub } from '../hub.ts';
import { allRows, pullsThatAreCut, type CutSource } from './cutPulls.ts';
import { people, type Cells } from './householdRecords.ts';

interface ShownRun {
  readonly outcome?: string;
  readonly batch?: string;
  readonly batchState?: string;
  readonly problem?: string;
}

interface Faulty extends Pick<CutSource, 'dataset' | 'pulled' | 'run' | 'partsOf' | 'rowsOf'> {
  readonly runs: (id: string) => Promise<readonly ShownRun[]>;
  readonly hub: TestHub;
  /** token of a steward of the department */
  readonly steward: string;
  readonly documentOf: (mapping: string, more: object) => object;
  /** rows of the register, each ten of them changed in another second from `at` on */
  readonly insert: (table: string, records: readonly Cells[], at: string) => Promise<unknown>;
  readonly register: Pick<Database, 'owner'>;
  readonly database: Pick<Database, 'app' | 'owner'>;
  /** the login that pulls */
  readonly reader: string;
  /** of the register, as a query names them */
  readonly columns: string;
}

/** How a steward of the department, and the hub itself, see what was brought. */
export const seenIn = (
  hub: TestHub,
  steward: string,
  { app }: Pick<Database, 'app'>,
): Pick<CutSource, 'partsOf' | 'rowsOf'> => ({
  rowsOf: async (id) => {
    const { json } = await hub.staff(steward, 'GET', `/v1/batches?dataset=${id}`);
    const batches = json['batches'] as readonly { state: string; counts?: { rows: number } }[];
    const seen = batches.filter(({ state }) => state === 'published' || state === 'superseded');
    return seen.reduce((sum, { counts }) => sum + (counts?.rows ?? 0), 0);
  },
  partsOf: async (id) => {
    const parts = 'SELECT 1 FROM batch_part AS p JOIN batch AS b ON b.id = p.batch WHERE b.dataset = $1';
    return (await app.query(parts, [id])).rows.length;
  },
});

/** @returns rows that readers see at the end. A source that ends or hangs between two pages leaves nothing half: a snapshot is read anew, changes are read on after the last whole page. */
async function cutFromPostgres({
  register,
  reader,
  insert,
  dataset,
  pulled,
  run,
  partsOf,
  rowsOf,
  documentOf,
}: Faulty): Promise<number> {
  await register.owner.query(
    `CREATE TABLE register.does (what text); INSERT INTO register.does VALUES ('answer'); GRANT SELECT ON register.does TO ${reader};
     -- a page behind the first asks for what lies behind a mark
     CREATE FUNCTION register.told(cell text) RETURNS text STABLE LANGUAGE plpgsql AS $$
     BEGIN
       IF current_query() NOT LIKE '%1 = 1%' AND (SELECT what = 'end' FROM register.does) THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
       IF current_query() NOT LIKE '%1 = 1%' AND (SELECT what = 'hang' FROM register.does) THEN PERFORM pg_sleep(60); END IF;
       RETURN cell;
     END $$; GRANT EXECUTE ON FUNCTION register.told TO ${reader}`,
  );
  const [first, ...others] = headers.map((name) => `"${name}"`);
  const reported = others.map((name, i) => (i > 0 ? name : `register.told(${name}) AS ${name}`));
  for (const [nth, table] of ['whole', 'changes'].entries()) {
    await register.owner.query(
      `CREATE TABLE register.${table} (LIKE register.person INCLUDING ALL); GRANT SELECT ON register.${table} TO ${reader}`,
    );
    await insert(table, people(allRows, 31 + nth), '2026-03-01T08:00:00Z');
  }
  const cutFrom = (table: string): string =>
    `SELECT ${[first, ...reported].join(', ')}, changed_at FROM register.${table}`;
  const does = (what: string): Promise<unknown> =>
    register.owner.query('UPDATE register.does SET what = $1', [what]);
  const source = { dataset, pulled, run, does, partsOf, rowsOf, ended: 'pull_source_unreachable' };
  return pullsThatAreCut(
    {
      ...source,
      documentOf: (table, mapping, more) => documentOf(mapping, { query: cutFrom(table), ...more }),
    },
    'cut',
  );
}

/** @returns rows that readers see at the end. A source whose column has another type, or none, at the next run is reported by name, and nothing is read as what it is not. */
async function retypedColumns({
  register,
  reader,
  dataset,
  pulled,
  run,
  rowsOf,
  documentOf,
}: Faulty): Promise<number> {
  const id = await dataset('retyped', 'upsert');
  await register.owner.query(
    `CREATE TABLE register.retyped AS SELECT * FROM register.person; GRANT SELECT ON register.retyped TO ${reader}`,
  );
  const alter = (sql: string): Promise<unknown> =>
    register.owner.query(`ALTER TABLE register.retyped ${sql}`);
  const of = { query: 'SELECT * FROM register.retyped', changed: 'changed_at', overlap: 0 };
  await pulled(id, documentOf('retyped', of));
  assert.equal(await run(id), 'read 60 published');
  const outcomes: string[] = [];
  for (const change of [
    'ALTER changed_at TYPE text',
    `ALTER changed_at TYPE timestamp USING changed_at::timestamptz AT TIME ZONE 'UTC'`,
    'RENAME changed_at TO modified',
  ]) {
    await alter(change);
    outcomes.push(await run(id));
  }
  assert.deepEqual(outcomes, ['pull_invalid 0 - +', 'nothing_new 0 -', 'pull_invalid 0 - +']);
  return rowsOf(id);
}

/** @returns rows that readers see at the end. A disk that is full when a pull comes leaves nothing half, and the next run reads the same rows again. */
async function fullDisk({
  register,
  database,
  reader,
  columns,
  insert,
  dataset,
  pulled,
  run,
  runs,
  rowsOf,
  documentOf,
}: Faulty): Promise<number> {
  await register.owner.query(
    `CREATE TABLE register.full_disk (LIKE register.person INCLUDING ALL); GRANT SELECT ON register.full_disk TO ${reader}`,
  );
  await insert('full_disk', people(60, 51), '2026-03-01T08:00:00Z');
  const id = await dataset('full-disk', 'upsert');
  const query = `SELECT ${columns}, changed_at FROM register.full_disk`;
  await pulled(id, documentOf('full-disk', { query, changed: 'changed_at', overlap: 0 }));
  const disk = fullDiskOf([database.app, database.owner]);
  disk.refused = /INSERT INTO batch_part/;
  const outcomes = [await run(id)];
  disk.refused = /CREATE TABLE/;
  outcomes.push(await run(id));
  disk.refused = undefined;
  outcomes.push(await run(id));
  // what had begun when there was no space is ended by the next run, as of a hub that died
  assert.deepEqual(outcomes, [' 0 receiving +', 'read 60 failed', 'read 60 published']);
  const reported = (await runs(id)).map(({ outcome, batchState }) => [outcome, batchState]);
  assert.deepEqual(reported, [
    ['read', 'published'],
    ['read', 'failed'],
    ['pull_broken_off', 'expired'],
  ]);
  return rowsOf(id);
}

/** As if the hub had stopped between the reading and the commit of the newest run, which failed. */
async function stopsBeforeTheCommit(
  { app }: Pick<Database, 'app'>,
  [newest]: readonly ShownRun[],
  seen: () => Promise<readonly unknown[]>,
): Promise<void> {
  const become = (state: string, ago: string): Promise<unknown> =>
    app.query(
      `WITH run AS (UPDATE pull_run SET ended_at = now() - $3::interval WHERE batch = $1)
       UPDATE batch SET state = $2 WHERE id = $1`,
      [newest?.batch, state, ago],
    );
  await become('receiving', '30s');
  assert.deepEqual(await seen(), [false, undefined, undefined], 'it may still be committed');
  await become('receiving', '61s');
  assert.deepEqual(await seen(), [true, 'pull_batch_broken_off', 'pull_batch_broken_off']);
  await become('failed', '0s');
}

/**
 * A batch that fails in the hub, again and again: the stewards have it in their inbox until a run succeeds, and the scheduled run comes.
 * @returns rows that readers see at the end
 */
async function failsInTheHub({
  register,
  database,
  reader,
  columns,
  insert,
  dataset,
  pulled,
  run,
  runs,
  rowsOf,
  documentOf,
  hub,
  steward,
}: Faulty): Promise<number> {
  await register.owner.query(
    `CREATE TABLE register.failing (LIKE register.person INCLUDING ALL); GRANT SELECT ON register.failing TO ${reader}`,
  );
  await insert('failing', people(60, 53), '2026-03-01T08:00:00Z');
  const id = await dataset('failing', 'snapshot');
  await pulled(id, documentOf('failing', { query: `SELECT ${columns}, changed_at FROM register.failing` }));
  const shown = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
    (await hub.staff(steward, 'GET', path)).json;
  const inInbox = async (): Promise<readonly Readonly<Record<string, string>>[]> =>
    ((await shown('/v1/inbox'))['pulls'] as readonly Readonly<Record<string, string>>[]).filter(
      (one) => one['dataset'] === id,
    );
  const isListedAsFailed = async (): Promise<boolean> =>
    ((await shown('/v1/pulls?failed=true'))['pulls'] as readonly { readonly dataset: string }[]).some(
      (one) => one.dataset === id,
    );
  const disk = fullDiskOf([database.app, database.owner]);
  disk.refused = /CREATE TABLE/;
  assert.equal(await run(id), 'read 60 failed');
  const [first] = await runs(id);
  const [item] = await inInbox();
  assert.deepEqual(
    [item?.['outcome'], item?.['batch'], first?.problem],
    ['storage_full', first?.batch, 'storage_full'],
  );
  const { nextRunAt } = await shown(`/v1/datasets/${id}/pull`);
  assert.equal(item?.['nextRunAt'], nextRunAt);
  const minutes = (Date.parse(String(nextRunAt)) - Date.parse(String(item?.['at']))) / 60_000;
  assert.ok(minutes <= 1, `the first repetition comes after a minute: ${minutes}`);
  assert.equal(await isListedAsFailed(), true);
  for (let repetition = 0; repetition < 5; repetition += 1) assert.equal(await run(id), 'read 60 failed');
  const [last] = await inInbox();
  assert.equal(last?.['since'], item?.['since'], 'the time counts from the first failure');
  const nextDay = new Date(Date.parse(String(last?.['nextRunAt'])) + 8 * 3_600_000).toISOString();
  assert.match(nextDay, /T00:00:00\.000Z$/, 'after the last try the next is that of the next day');
  const before = (await runs(id)).length;
  await hub.hub.runner.run('pullSources');
  assert.equal((await runs(id)).length, before, 'no further repetition');
  await stopsBeforeTheCommit(database, await runs(id), async () => {
    const [waiting] = await inInbox();
    const [shownRun] = await runs(id);
    return [await isListedAsFailed(), waiting?.['outcome'], shownRun?.problem];
  });
  disk.refused = undefined;
  await database.app.query("UPDATE pull_run SET period = '2026-01-01' WHERE dataset = $1", [id]);
  await hub.hub.runner.run('pullSources');
  const [scheduled] = await runs(id);
  assert.deepEqual(
    [scheduled?.batchState, scheduled?.problem],
    ['published', undefined],
    'the next day came',
  );
  assert.deepEqual(await inInbox(), []);
  assert.equal(await isListedAsFailed(), false);
  assert.equal((await shown(`/v1/datasets/${id}/pull`))['nextRunAt'], undefined);
  return rowsOf(id);
}

/** The tests, in a file that has a source and datasets. */
export function pullFaultTests(faulty: Faulty): void {
  test('a source that ends, hangs or has other columns, and a disk that is full, leave nothing half and lose no row', async () => {
    assert.equal(await cutFromPostgres(faulty), 4_500);
    assert.equal(await retypedColumns(faulty), 60);
    assert.equal(await fullDisk(faulty), 60);
  });

  test('a pull whose batch fails in the hub is in the inbox, also after the last try, until a run succeeds', async () => {
    assert.equal(await failsInTheHub(faulty), 60);
  });
}
