/** What a hub stores of live data: rows that failed, for their provider alone; connections of a process that died, until their end is recorded. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Ran } from '../datong.ts';
import { typedDatong } from '../typedDatong.ts';
import type { Machine } from '../hub.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { connectionsClosed, householdRow, liveDataset, rowsOf, serve, type Row } from './liveProvider.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
await city.apply('household-live/dataset.yaml');
await city.apply('household-live/agreement.yaml', [city.education, city.publicSecurity]);
const provider = city.publicSecurity;
const [child] = householdFile(300, 7)
  .good.map(householdRow)
  .filter((row) => row['region_code'] === '990101');
assert.ok(child, 'a child');
const person = String(child['person_id']);
const ask = () =>
  city.education.client.query(
    liveDataset,
    { filter: [{ field: 'person_id', op: 'eq', value: person }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment-live',
      onBehalfOf: 'official-17',
      matter: 'YX-2026-000123',
    },
  );

const home = mkdtempSync(join(tmpdir(), 'datong-remains-'));
after(() => rmSync(home, { recursive: true, force: true }));

/** A verb as a department's machine runs it. */
function datong({ department, tls, signing }: Machine, ...args: string[]): Promise<Ran> {
  const { exchange, open, staff } = hub.hub.origins;
  const profile = {
    v: 1,
    department,
    tls,
    hub: { exchange, open, staff, ca: hub.ca, keys: { keys: [] } },
    signingKey: signing.privateKey.export({ format: 'jwk' }),
  };
  const path = join(home, 'profile.json');
  writeFileSync(path, JSON.stringify(profile), { mode: 0o600 });
  return typedDatong([...args, '--profile', path], { cwd: home });
}

/** A page of the rows that failed, or the code of why there is none. */
async function failedRows(
  { client }: Machine,
  query = '',
  of = liveDataset,
): Promise<{ readonly rows: readonly Row[]; readonly next?: number } | string> {
  const path = `/v1/datasets/${of}/quarantine${query}`;
  try {
    const { json } = await client.call({ method: 'GET', path, receipt: 'required' });
    return json as { readonly rows: readonly Row[] };
  } catch (error) {
    return error instanceof DatongProblem ? error.code : String(error);
  }
}

async function leases(): Promise<number> {
  const { rowCount } = await database.app.query("SELECT 1 FROM release_stream WHERE kind = 'connector'");
  return rowCount ?? 0;
}

test('rows that do not fit the schema go back to their provider alone, each once, and are destroyed in time', async () => {
  const { birth_date: _absent, ...lacking } = child;
  const given = [{ ...child, name: '' }, lacking, { ...child, region_code: '990103' }, child];
  const connection = await serve(hub.hub, provider, () => ({
    rows: given,
    after: given.map((_, i) => String(i)),
    more: false,
  }));
  for (let times = 0; times < 3; times += 1) assert.equal((await ask()).json.records.length, 1);
  connection.close();
  await connection.closed;
  await connectionsClosed(database);
  const page = await failedRows(provider);
  assert.ok(typeof page === 'object', 'a page');
  const [first, second] = page.rows;
  assert.equal(page.rows.length, 2, 'a row beyond the filter is no bad row');
  assert.deepEqual(
    [first?.['place'], first?.['problems'], first?.['times'], first?.['raw']],
    [1, [{ field: 'name', rule: 'minLength' }], 3, given[0]],
  );
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.kind, leaf.operation, leaf.rows],
    ['return', 'getLiveQuarantine', { delivered: 2, withheld: 0 }],
  );
  assert.deepEqual(await failedRows(provider, '?limit=1'), {
    dataset: liveDataset,
    rows: [first],
    next: first?.['nth'],
  });
  assert.deepEqual(await failedRows(provider, `?after=${String(first?.['nth'])}`), {
    dataset: liveDataset,
    rows: [second],
  });
  const { rows: stored } = await database.app.query('SELECT live_quarantine::text FROM live_quarantine');
  assert.doesNotMatch(JSON.stringify(stored), new RegExp(person));
  const reported = await datong(provider, 'quarantine', liveDataset, '--json');
  assert.deepEqual(
    reported.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Row)['raw']),
    [given[0], given[1]],
  );
  const counted = await datong(provider, 'quarantine', liveDataset);
  assert.match(counted.stdout, /1 +minLength +name +\d+\n +1 +required +birth_date +\d+/);
  assert.match(counted.stderr, /rows with problems: 2\nnext: correct them in the system/);
  assert.equal((await datong(provider, 'quarantine', liveDataset, '-o', 'bad.csv')).code, 2);
  assert.equal(await failedRows(city.education), 'not_the_provider');
  assert.equal(await failedRows(provider, '', 'pub-security.household'), 'dataset_hosted');
  await database.app.query("UPDATE live_quarantine SET seen_at = seen_at - interval '31 days'");
  await hub.hub.runner.run('destroyRaw');
  const gone = await lastLeaf(database);
  assert.deepEqual(
    [gone.kind, gone.dataset, gone.provider, gone.change],
    ['retire', liveDataset, 'pub-security', { quarantined: 2 }],
  );
  assert.deepEqual(await failedRows(provider), { dataset: liveDataset, rows: [] });
});

test('ten thousand rows of a dataset are stored; failures after them are not', async () => {
  const failing = async (birth: string): Promise<number> => {
    const given = [{ ...child, birth_date: birth }, child];
    const connection = await serve(hub.hub, provider, () => ({
      rows: given,
      after: given.map((_, i) => String(i)),
      more: false,
    }));
    assert.equal((await ask()).json.records.length, 1);
    connection.close();
    await connection.closed;
    await connectionsClosed(database);
    const { rows } = await database.app.query<{ kept: string }>(
      'SELECT count(*) AS kept FROM live_quarantine',
    );
    return Number(rows[0]?.kept);
  };
  assert.equal(await failing('2012-13-01'), 1);
  await database.app.query(
    `INSERT INTO live_quarantine (dataset, exchange, seen_at, digest, place, problems, sealed)
     SELECT dataset, exchange, seen_at, sha256(convert_to(n::text, 'UTF8')), place, problems, sealed
       FROM live_quarantine, generate_series(2, 10000) AS n`,
  );
  assert.equal(await failing('2012-13-02'), 10_000);
  await database.app.query('DELETE FROM live_quarantine');
});

test('connections whose hub died get their last entry from another, once', async () => {
  assert.equal(await leases(), 0);
  const connection = await serve(hub.hub, provider, (one) => rowsOf([], one));
  assert.equal(await leases(), 1);
  // as a process that died leaves it: the lease is not renewed any more
  const lost = '01890000-0000-7000-8000-00000000c0de';
  await database.app.query(
    `INSERT INTO release_stream (id, department, facts, lease_until, kind)
     SELECT $1, department, facts, now() - interval '1 second', kind FROM release_stream WHERE id = $2`,
    [lost, connection.exchange],
  );
  await hub.hub.runner.run('closeStreams');
  await hub.hub.runner.run('closeStreams');
  const reported = (await newestLeaves(database, 5)).filter((leaf) => leaf.connector?.id === lost);
  assert.deepEqual(
    reported.map(({ connector, kind, operation, provider: of }) => [connector, kind, operation, of]),
    [
      [
        { datasets: [liveDataset], id: lost, state: 'closed', why: 'hub_lost' },
        ...['management', 'openConnector', 'pub-security'],
      ],
    ],
  );
  assert.equal(await leases(), 1);
  connection.close();
  await connection.closed;
  await connectionsClosed(database);
  assert.equal(await leases(), 0);
});
