/** Reads of staff without personal data: counted by person, day and operation, and written to the log when the day has ended. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { yearsOf } from '../../../../log/retention.ts';
import { parseLeaf } from '../../../../log/parseLeaf.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { components } from '../../../../api/openapi.ts';
import { connectionOf } from '../../../platform/database/connection.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { cityHub } from '../../../../tests/cityHub.ts';
import { newestLeaves } from '../../../../tests/flows/leaves.ts';
import { pagedLists } from '../../../../tests/pagedLists.ts';
import { withinOneDay } from '../../../../tests/withinOneDay.ts';

await withinOneDay();

type ViewCount = components['schemas']['ViewCount'];

const { database, hub } = await cityHub({ jobsByTime: false });
/** A session of the superuser, past the hub: nothing that it writes is sealed. */
const administrator = new pg.Client({
  ...connectionOf(database.address),
  options: '-c session_replication_role=replica -c client_min_messages=warning',
});
administrator.on('error', () => undefined);
await administrator.connect();

after(async () => {
  await administrator.end();
  await hub.stop();
});

const auditor = await hub.token('counted auditor', ['auditor']);
const security = await hub.token('counting officer', ['security']);
const today = dayInChina(Date.now());

const { pagedBothWays } = pagedLists((token, path) => hub.staff(token, 'GET', path));

const size = (): number => hub.hub.audit.size();

async function counts(query = '', by = security): Promise<readonly ViewCount[]> {
  const { status, json } = await hub.staff(by, 'GET', `/v1/log/views${query}`);
  assert.equal(status, 200, JSON.stringify(json));
  return json['counts'] as ViewCount[];
}

async function countsOf(name: string): Promise<Record<string, number>> {
  const all = await counts();
  return Object.fromEntries(
    all.filter(({ personName }) => personName === name).map(({ operation, views }) => [operation, views]),
  );
}

async function view(path: string, times = 1, by = auditor): Promise<void> {
  for (let nth = 0; nth < times; nth += 1) {
    const { status } = await hub.staff(by, 'GET', path);
    assert.equal(status, 200, path);
  }
}

/** Moves the counts of today to an earlier day, as the hub itself. */
const backdate = (day: string): Promise<unknown> =>
  database.owner.query('UPDATE view_count SET day = $1::date WHERE day = $2::date', [day, today]);

test('reads of lists are counted without an entry each; a refused call and a read of the log have their entry', async () => {
  const before = size();
  await view('/v1/departments', 3);
  await view('/v1/datasets', 2);
  assert.equal(size(), before, 'counted reads have no entries');
  assert.deepEqual(await countsOf('counted auditor'), { listDepartments: 3, listDatasets: 2 });
  assert.equal(size(), before + 1, 'the reading of the counts');
  const refused = await hub.staff(auditor, 'GET', '/v1/datasets/pub-security.nothing');
  assert.equal(refused.status, 404);
  assert.equal(size(), before + 2, 'the refusal');
  assert.equal((await hub.staff(auditor, 'POST', '/v1/log/searches', {})).status, 200);
  assert.equal(size(), before + 3, 'the search of the log');
  assert.deepEqual(await countsOf('counted auditor'), { listDepartments: 3, listDatasets: 2 });
});

test('trials over invented values and drafts are counted; a trial that is refused has its entry', async () => {
  const steward = await hub.token('trying steward', ['steward'], 'education');
  const before = size();
  const household = '/v1/datasets/pub-security.household';
  const trial = (path: string, body: object) => hub.staff(steward, 'POST', path, body);
  for (const mask of ['clear', 'personName'])
    assert.equal((await trial(`${household}/mask-trials`, { fields: { name: { mask } } })).status, 200);
  assert.equal((await trial('/v1/schemas/trials', { document: { none: 1 } })).status, 200);
  await view(`${household}/sample?consumer=education`, 1, steward);
  const { json } = await hub.staff(steward, 'GET', '/v1/policy/documents?kind=Agreement&consumer=education');
  const [{ id, version }] = json['documents'] as [{ id: string; version: number }];
  const shown = await hub.staff(steward, 'GET', `/v1/policy/documents/${id}/versions/${version}`);
  const document = { ...(JSON.parse(String(shown.json['text'])) as object), version: version + 1 };
  const policy = await trial('/v1/policy/trials', { document });
  assert.equal(policy.status, 200, JSON.stringify(policy.json));
  assert.equal(size(), before, 'no entry each');
  assert.deepEqual(await countsOf('trying steward'), {
    listPolicyDocuments: 1,
    sampleDataset: 1,
    showPolicyDocument: 1,
    tryMasks: 2,
    tryPolicyDocument: 1,
    trySchema: 1,
  });
  assert.equal(size(), before + 1, 'the reading of the counts');
  assert.equal((await trial(`${household}/mask-trials`, { fields: { name: { mask: 'none' } } })).status, 422);
  assert.equal(size(), before + 2, 'the refusal');
});

test('calls at the same moment are all counted, and calls of a department’s system keep their entries', async () => {
  const before = size();
  const reader = await hub.token('many at once', ['auditor']);
  const admitted = size();
  await Promise.all(Array.from({ length: 40 }, () => view('/v1/purposes', 1, reader)));
  assert.deepEqual(await countsOf('many at once'), { listPurposes: 40 });
  assert.equal(size(), admitted + 1);
  assert.ok(admitted > before);
});

test('the security officer of a department sees the counts of its own staff alone, page by page', async () => {
  const own = await hub.token('own clerk', ['steward'], 'education');
  const other = await hub.token('other clerk', ['steward'], 'pub-security');
  await view('/v1/departments', 1, own);
  await view('/v1/datasets', 1, own);
  await view('/v1/departments', 1, other);
  const officer = await hub.token('officer of education', ['security'], 'education');
  const all = await counts('', officer);
  assert.deepEqual([...new Set(all.map(({ department }) => department))], ['education']);
  assert.deepEqual(
    all.filter(({ personName }) => personName === 'own clerk').map(({ operation }) => operation),
    ['listDepartments', 'listDatasets'],
  );
  // the call itself is not counted, so that the list stays as it is
  const whole = await pagedBothWays(security, `/v1/log/views?until=${today}`, 'counts', ['day', '-day']);
  const steward = await hub.staff(own, 'GET', '/v1/log/views');
  assert.equal(steward.status, 403);
  assert.deepEqual(await counts(`?from=2020-01-01&until=2020-01-02`), []);
  assert.ok((await counts(`?person=${String(whole[0]?.['person'])}&until=${today}`)).length > 0);
});

test('when a day has ended, one entry for each person has its counts; a later call of that day is logged again', async () => {
  const person = (await counts()).find(({ personName }) => personName === 'counted auditor')?.person ?? '';
  await backdate('2026-01-05');
  const entries = async (): Promise<readonly unknown[]> => {
    const { json } = await hub.staff(auditor, 'POST', '/v1/log/searches', { operation: 'countViews' });
    return (json['entries'] as { leaf: string }[])
      .map(({ leaf }) => parseLeaf(Buffer.from(leaf, 'base64')).change)
      .filter((change) => change?.['person'] === person);
  };
  assert.equal(await hub.hub.runner.run('logViewCounts'), 'ok');
  const first = { day: '2026-01-05', person, views: 5, listDepartments: 3, listDatasets: 2 };
  assert.deepEqual(await entries(), [first]);
  const leaf = (await newestLeaves(database, 20)).find(({ operation }) => operation === 'countViews');
  assert.equal(yearsOf(leaf ?? assert.fail(), new Map([['reading', 3]])), 3, 'retained as reads are');
  const [logged] = await counts(`?person=${person}`);
  assert.match(logged?.entry ?? '', /^[0-9a-f-]{36}$/);
  const before = size();
  assert.equal(await hub.hub.runner.run('logViewCounts'), 'ok');
  assert.equal(size(), before, 'nothing is logged twice');
  await database.owner.query(
    `UPDATE view_count SET views = views + 1, entry = NULL WHERE person = $1 AND operation = 'listDatasets'`,
    [person],
  );
  assert.equal(await hub.hub.runner.run('logViewCounts'), 'ok');
  assert.deepEqual(await entries(), [{ ...first, views: 6, listDatasets: 3 }, first]);
});

test('a count that was changed or removed past the hub is found, and the next call has an entry', async () => {
  const watched = await hub.token('watched', ['auditor']);
  await view('/v1/departments', 2, watched);
  const person = (await counts()).find(({ personName }) => personName === 'watched')?.person ?? '';
  await administrator.query('UPDATE view_count SET views = 1 WHERE person = $1', [person]);
  const codes = async (): Promise<readonly string[]> =>
    ((await sealingOf(database.app)?.verifyAll(database.owner, ['view_count'])) ?? []).map(
      ({ code }) => code,
    );
  assert.deepEqual(await codes(), ['row_altered']);
  assert.equal((await counts(`?person=${person}`))[0]?.altered, true);
  const before = size();
  await view('/v1/departments', 1, watched);
  assert.equal(size(), before + 1, 'an entry, because the count cannot be trusted');
  await administrator.query('UPDATE view_count SET views = 2 WHERE person = $1', [person]);
  assert.deepEqual(await codes(), []);
  const { rows } = await administrator.query<{ row: object }>(
    'DELETE FROM view_count WHERE person = $1 RETURNING to_jsonb(view_count) AS row',
    [person],
  );
  assert.deepEqual(await codes(), ['row_missing']);
  await administrator.query(
    'INSERT INTO view_count SELECT * FROM jsonb_populate_record(NULL::view_count, $1)',
    [rows[0]?.row],
  );
  assert.deepEqual(await codes(), []);
});

test('a count of an ended day that was altered past the hub is not written again and again', async () => {
  const changed = await hub.token('changed', ['auditor']);
  await view('/v1/departments', 1, changed);
  await view('/v1/datasets', 1, changed);
  await backdate('2026-01-06');
  assert.equal(await hub.hub.runner.run('logViewCounts'), 'ok');
  const altering = `UPDATE view_count SET entry = NULL
    WHERE day = '2026-01-06' AND operation = 'listDatasets' AND person = $1`;
  const person = (await counts()).find(({ personName }) => personName === 'changed')?.person ?? '';
  await administrator.query(altering, [person]);
  const before = size();
  assert.equal(await hub.hub.runner.run('logViewCounts'), 'ok');
  assert.equal(size(), before);
});

test('a cursor with a day that does not exist is invalid', async () => {
  for (const place of ['2026-99-99~0000000000~listDatasets', '2026-02-30~0000000000~listDatasets']) {
    const cursor = Buffer.from(place).toString('base64url');
    const { status, json } = await hub.staff(security, 'GET', `/v1/log/views?cursor=${cursor}`);
    assert.deepEqual([status, json['code']], [400, 'cursor_invalid'], place);
  }
});

test('a log that accepts no entries answers no counted read either', async () => {
  hub.hub.audit.halt(new Problem('log_unavailable'));
  assert.equal((await hub.staff(auditor, 'GET', '/v1/departments')).status, 503);
});
