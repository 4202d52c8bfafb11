/** A database administrator has a dataset look empty: takes its current batch away, or its table of rows with the digest. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { batchTable, datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { randomComparisons } from '../../hub/flows/intake/jobs/randomComparisons.ts';
import { administratorSession } from '../administratorSession.ts';
import { guardedDatasets } from '../flows/guardedDatasets.ts';
import { people } from '../flows/householdRecords.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');
const { dataset, sent } = guardedDatasets(hub, { operator: city.operator, steward, client });
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());
await administrator.query('CREATE SCHEMA apart');

async function found(): Promise<string[]> {
  assert.equal(await hub.hub.runner.run('verifyDatasets'), 'ok');
  const { rows } = await administrator.query<{ code: string; about: string }>(
    `SELECT code, about FROM log_finding WHERE about <> '' ORDER BY about`,
  );
  return rows.map(({ code, about }) => `${code} ${about}`);
}
const comparisons = randomComparisons(database);
/** @param on what the administrator does @param off what undoes it */
async function isFound(on: string, off: string, expected: string): Promise<void> {
  await comparisons.compare();
  await administrator.query(on);
  assert.deepEqual(await found(), [expected]);
  await administrator.query(off);
  assert.deepEqual(await found(), []);
  // undone before each run of the job
  await administrator.query(on);
  await comparisons.compare();
  await administrator.query(off);
  assert.deepEqual(await found(), [expected], 'met at random');
  assert.deepEqual(await found(), []);
}

/** Takes a row of `row_sum` away. */
const withoutSum = (name: string): readonly [on: string, off: string] => [
  `CREATE TABLE apart.sum AS SELECT * FROM row_sum WHERE table_name = '${name}'; DELETE FROM row_sum WHERE table_name = '${name}'`,
  `INSERT INTO row_sum SELECT * FROM apart.sum; DROP TABLE apart.sum`,
];
const name = (table: string): string => table.replaceAll('"', '');

test('a dataset without its current batch, with or without the digest of it; an earlier batch', async () => {
  const id = await dataset('emptied');
  const former = await sent(id, people(10, 6));
  const { batch } = await sent(id, people(10, 7));
  const set = (value: string): string => `UPDATE dataset SET current_batch = ${value} WHERE id = '${id}'`;
  const about = `dataset_batch_moved current ${id}`;
  await isFound(set('NULL'), set(`'${batch}'`), about);
  const [on, off] = withoutSum(`current ${id}`);
  await isFound(`${on}; ${set('NULL')}`, `${off}; ${set(`'${batch}'`)}`, about);
  await isFound(set(`'${former.batch}'`), set(`'${batch}'`), about);
});

test('the table of the current batch, removed with its digest', async () => {
  const id = await dataset('dropped');
  const table = name(batchTable((await sent(id, people(10, 17))).batch));
  const [on, off] = withoutSum(table);
  await isFound(
    `${on}; ALTER TABLE ${table} SET SCHEMA apart`,
    `${off}; ALTER TABLE apart.${table.slice('rows.'.length)} SET SCHEMA rows`,
    `dataset_rows_gone ${table}`,
  );
});

test('the lasting table of an upsert dataset, removed with its digest: no new one takes its place', async () => {
  const id = await dataset('lasting', {}, 'upsert');
  const { batch } = await sent(id, people(10, 27));
  const schema = hub.hub.services.registry.current.datasets.get(id)?.schema;
  const table = name(datasetTable(id, schema ?? assert.fail()));
  const [on, off] = withoutSum(table);
  const away = `${on}; ALTER TABLE ${table} SET SCHEMA apart`;
  const back = `${off}; ALTER TABLE apart.${table.slice('rows.'.length)} SET SCHEMA rows`;
  await isFound(away, back, `dataset_rows_gone ${table}`);
  await administrator.query(away);
  assert.equal((await sent(id, people(5, 8))).code, 'rows_unauthenticated');
  await administrator.query(`UPDATE dataset SET current_batch = NULL WHERE id = '${id}'`);
  assert.equal((await sent(id, people(5, 9))).code, 'rows_unauthenticated');
  await administrator.query(`${back}; UPDATE dataset SET current_batch = '${batch}' WHERE id = '${id}'`);
  assert.deepEqual(await found(), []);
  assert.equal((await sent(id, people(5, 9))).code, '200');
});
