/** A period that is dropped while a file of its rows is being published. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { dropPeriod, periodsThere } from '../../hub/flows/rows/store/periods.ts';
import { samples } from '../hub.ts';
import { lockWaits, whileOpen } from '../lockWaits.ts';
import { hoursFile as hours } from './hoursFile.ts';
import { commit, reported, stateOf, until, uploaded } from './intakeCalls.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 12 });
const { client } = city.ecology;
const steward = await hub.token('qi', ['steward'], 'ecology');
const id = 'ecology.drops';
const registered = await hub.staff(city.operator, 'POST', '/v1/datasets', {
  id,
  title: { zh: 'drops', en: 'drops' },
  schema: 'urn:datong:air-quality-hourly:1.0',
  mode: 'upsert',
  sharing: { type: 'none' },
  intake: { periods: { field: 'time', every: 'month' } },
});
assert.equal(registered.status, 201, JSON.stringify(registered.json));
const air = readDocuments(resolve(samples, 'air-quality/dataset.yaml')).find(
  ({ kind }) => kind === 'Mapping',
);
const document = { ...(air?.members['document'] as object), mapping: 'ecology/drops@1' };
const mapped = await hub.staff(steward, 'POST', `/v1/datasets/${id}/mappings`, { document });
assert.equal(mapped.status, 201, JSON.stringify(mapped.json));

const schemaOf = () => hub.hub.services.registry.current.datasets.get(id)?.schema ?? assert.fail();
const there = (): Promise<string[]> => periodsThere(database.app, id, schemaOf());
const months = ['2026-08', '2026-09'];

test('a period that the job drops before the rows are merged: the call is to be repeated, and no row is lost', async () => {
  const bytes = hours(months);
  const batch = await uploaded(client, id, bytes);
  const committed = (): Promise<string> => reported(commit(client, batch, bytes, 'drops'));
  let code: Promise<string> | undefined;
  // the publication has made its periods when it waits for the dataset
  await whileOpen(database.owner, 'LOCK TABLE dataset IN EXCLUSIVE MODE', async () => {
    code = committed();
    await lockWaits(database);
    assert.deepEqual(await there(), months);
    await dropPeriod(database, id, schemaOf(), '2026-08');
    assert.deepEqual(await there(), ['2026-09']);
  });
  assert.equal(await code, 'log_busy');
  assert.equal((await stateOf(database, batch)).state, 'checking', 'it has not failed');
  assert.equal(await committed(), '202');
  await database.owner.query("UPDATE batch SET lease_until = now() - interval '1 s' WHERE id = $1", [batch]);
  assert.equal(await hub.hub.runner.run('resumeBatches'), 'ok');
  await until(async () => (await stateOf(database, batch)).state === 'published');
  assert.deepEqual(await there(), months);
  const { rows } = await database.app.query<{ time: string }>(
    `SELECT left(f_time, 7) AS time FROM ${datasetTable(id, schemaOf())} ORDER BY 1`,
  );
  assert.deepEqual(
    rows.map(({ time }) => time),
    months,
  );
  assert.equal(await committed(), '200');
});
