/** Datasets that are filled from a database of their department: a real PostgreSQL as the source, good and bad. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { headers } from '../../clients/cli/demo/files/householdFile.ts';
import type { PullDocument } from '../../hub/domain/pull.ts';
import { openSource, type From } from '../../hub/features/pulls/openSource.ts';
import { asLogin } from '../../hub/platform/database/database.ts';
import { admitPerson } from '../admitPerson.ts';
import { startTestCluster } from '../cluster.ts';
import { typedDatong } from '../typedDatong.ts';
import { emptyDatabase } from '../database.ts';
import { writeDemoState } from '../demoState.ts';
import { samples } from '../hub.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { noMariadb, startMariadb } from '../mariadb.ts';
import { people, type Cells } from './householdRecords.ts';
import { newestLeaves } from './leaves.ts';
import { impostorWith } from './impostorSource.ts';
import { cutFromMariadb, pullsFromMariadb } from './mysqlPull.ts';
import { pausesAndResumes } from './pausedPull.ts';
import { pullFaultTests, seenIn } from './pullFaults.ts';
import { cityHub } from '../cityHub.ts';
import { withinOneDay } from '../withinOneDay.ts';
await withinOneDay();
const register = await emptyDatabase();
const cluster = await startTestCluster();
const { host, port } = cluster.address;
const reader = `reader_${process.pid}`;
const writer = `writer_${process.pid}`;
const mender = `mender_${process.pid}`;

/** A source that takes a connection, hears the password, and says nothing any more. */
const received: string[] = [];
const mute: Socket[] = [];
const hanging = createServer((socket) => {
  mute.push(socket);
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    received.push(bytes.toString('latin1'));
    // AuthenticationCleartextPassword, once
    if (received.length === 1) socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
  });
});
await new Promise<void>((resolve) => void hanging.listen(0, '127.0.0.1', resolve));
const hangingPort = (hanging.address() as AddressInfo).port;

const mariadb = noMariadb === false ? await startMariadb('register') : undefined;
after(() => mariadb?.stop());

const place = { department: 'pub-security', host, port, tls: 'off' } as const;
const { database, hub, city } = await cityHub({
  jobsByTime: false,
  config: {
    sources: [
      place,
      { ...place, host: '127.0.0.1', port: hangingPort },
      ...(mariadb === undefined ? [] : [{ ...place, host: mariadb.host, port: mariadb.port }]),
      { ...place, department: 'education', host: 'elsewhere.example' },
    ],
  },
});
after(async () => {
  await hub.stop();
  hanging.close();
  for (const socket of mute) socket.destroy();
  await register.cleanup();
  await asLogin(cluster.address, (login) =>
    login.query(`DROP ROLE IF EXISTS ${reader}, ${writer}, ${mender}`),
  );
});
const { identity } = hub.hub.services;
const steward = await admitPerson(identity, 'han', [{ role: 'steward', department: 'pub-security' }]);
const second = await admitPerson(identity, 'tang', [{ role: 'steward', department: 'pub-security' }]);
const clerk = await hub.token('lei', ['clerk'], 'pub-security');
const stranger = await hub.token('ou', ['steward'], 'education');
const { rows: names } = await register.app.query<{ name: string }>('SELECT current_database() AS name');
const source = { host, port, database: names[0]?.name ?? '', user: reader };

const citizens = people(60, 1);
const columns = headers.map((name) => `"${name}"`).join(', ');
/** @param at when they changed */
const insert = (table: string, records: readonly Cells[], at: string): Promise<unknown> =>
  register.owner.query(
    `INSERT INTO register.${table} SELECT ${headers.map((_, i) => `c${i}`).join(', ')}, $13::timestamptz + nth / 10 * interval '1 s' FROM (SELECT *, row_number() OVER () - 1 FROM unnest(${headers.map((_, i) => `$${i + 1}::text[]`).join(', ')}))
       AS cells (${headers.map((_, i) => `c${i}`).join(', ')}, nth)`,
    [...headers.map((_, i) => records.map((cells) => cells[i])), at],
  );

before(async () => {
  await asLogin(cluster.address, (login) =>
    login.query(`CREATE ROLE ${reader} LOGIN; CREATE ROLE ${writer} LOGIN; CREATE ROLE ${mender} LOGIN`),
  );
  const texts = headers.map((name, i) => `"${name}" text${i === 0 ? ' PRIMARY KEY' : ''}`).join(', ');
  await register.owner.query(
    `CREATE SCHEMA register; CREATE TABLE register.person (${texts}, changed_at timestamptz NOT NULL);
     CREATE TABLE register.mover (LIKE register.person INCLUDING ALL); CREATE TABLE register.mass (LIKE register.person INCLUDING ALL);
     CREATE TABLE register.many (id int PRIMARY KEY, changed_at timestamptz NOT NULL, name text);
     INSERT INTO register.many SELECT n, '2026-01-01Z'::timestamptz + n / 10 * interval '1 s', 'n' FROM generate_series(1, 5000) AS n;
     GRANT USAGE ON SCHEMA register TO ${reader}, ${writer}, ${mender};
     GRANT SELECT ON ALL TABLES IN SCHEMA register TO ${reader}, ${writer}, ${mender};
     GRANT DELETE ON register.many TO ${writer}; GRANT UPDATE (name) ON register.many TO ${mender}`,
  );
  await insert('person', citizens, '2026-03-01T08:00:00Z');
  await insert('mover', people(60, 2), '2026-03-01T08:00:00Z');
  await insert('mass', people(4_500, 3), '2026-03-01T08:00:00Z');
});

async function dataset(name: string, mode: string, intake: object = {}): Promise<string> {
  const id = `pub-security.${name}`;
  const made = await hub.staff(city.operator, 'POST', '/v1/datasets', {
    id,
    title: { zh: id, en: id },
    schema: 'urn:datong:household:1.0',
    mode,
    intake,
    sharing: { type: 'none' },
  });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  const sample = readDocuments(`${samples}/household/dataset.yaml`).find(({ kind }) => kind === 'Mapping');
  const document = {
    ...(sample?.members['document'] as object),
    mapping: `pub-security/${name}@1`,
    source: { format: 'csv', options: { encoding: 'utf-8' } },
  };
  const mapped = await hub.staff(steward.token, 'POST', `/v1/datasets/${id}/mappings`, { document });
  assert.equal(mapped.status, 201, JSON.stringify(mapped.json));
  return id;
}

const query = `SELECT ${columns}, changed_at FROM register.person`;
const documentOf = (name: string, more: object = {}) => ({
  source,
  query,
  key: ['公民身份号码'],
  mapping: name,
  schedule: { every: 'day' },
  ...more,
});
const post = (id: string, document: object, by = steward.token, password = 'sesame') =>
  hub.staff(by, 'POST', `/v1/datasets/${id}/pull`, { document, password });

/** Registered by one person and accepted by another. */
async function pulled(id: string, document: object): Promise<void> {
  const requested = await post(id, document);
  assert.equal(requested.status, 202, JSON.stringify(requested.json));
  const proposal = String(requested.json['proposal']);
  const shown = await hub.staff(second.token, 'GET', `/v1/proposals/${proposal}`);
  assert.ok(!JSON.stringify(shown.json).includes('sesame'), 'the password is not shown');
  assert.deepEqual(Object.keys(shown.json['body'] as object), ['document'], 'nor what it is sealed in');
  const { digest } = shown.json;
  const accepted = await hub.staff(second.token, 'POST', `/v1/proposals/${proposal}/acceptance`, { digest });
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json) + hub.logged.slice(-3).join('\n'));
}

interface Run {
  readonly outcome?: string;
  readonly complete: boolean;
  readonly rows: number;
  readonly batch?: string;
  readonly batchState?: string;
}
async function runs(id: string): Promise<readonly Run[]> {
  const { json } = await hub.staff(steward.token, 'GET', `/v1/datasets/${id}/pull`);
  return json['runs'] as readonly Run[];
}
/** Requests a run and has the hub find the time. @returns the newest, short */
async function run(id: string): Promise<string> {
  assert.equal((await hub.staff(clerk, 'POST', `/v1/datasets/${id}/pull/run`, {})).status, 202);
  await hub.hub.runner.run('pullSources');
  const [newest] = await runs(id);
  assert.ok(newest, 'there is a run');
  return `${newest.outcome ?? ''} ${newest.rows} ${newest.batchState ?? '-'}${newest.complete ? '' : ' +'}`;
}
const town = { dataset, pulled, run };
async function counts(id: string): Promise<{ rows: number; bad: number }> {
  const { json } = await hub.staff(steward.token, 'GET', `/v1/batches?dataset=${id}&state=published`);
  const [batch] = json['batches'] as readonly { counts: { rows: number; bad: number } }[];
  assert.ok(batch, 'a batch is published');
  return batch.counts;
}

test('a snapshot is pulled whole, as a batch like any other, and not loaded again while nothing has changed', async () => {
  const id = await dataset('people', 'snapshot', { controlTotals: true });
  assert.equal((await post(id, documentOf('people'), stranger)).status, 403, 'of another department');
  assert.equal((await post(id, documentOf('people'), clerk)).status, 403);
  await pulled(id, documentOf('people'));
  await hub.hub.runner.run('pullSources');
  assert.equal((await runs(id))[0]?.outcome, 'read', 'its first period has begun');
  assert.deepEqual(await counts(id), { records: 60, rows: 60, bad: 0, skipped: 0 });
  await hub.hub.runner.run('pullSources');
  assert.equal((await runs(id)).length, 1, 'one run a period');
  assert.equal(await run(id), 'read 60 superseded');
  // a sign of the file's own, and nothing where there is nothing
  await register.owner.query(
    `UPDATE register.person SET "住址" = '新址, 3 "号"', "手机号码" = NULL WHERE "公民身份号码" = $1`,
    [citizens[0]?.[0]],
  );
  assert.equal(await run(id), 'read 60 published');
  assert.deepEqual(await counts(id), { records: 60, rows: 60, bad: 0, skipped: 0 });
  const reported = (await newestLeaves(database, 40)).filter(({ dataset }) => dataset === id);
  const commits = reported.filter(({ operation }) => operation === 'commitBatch');
  assert.equal(commits.length, 3, 'each run is told by the entry of its batch');
  assert.ok(!JSON.stringify(reported).includes('sesame'), 'the log has no password');
  const { rows } = await database.app.query<{ text: string }>(
    "SELECT encode(secret, 'escape') AS text FROM pull",
  );
  assert.ok(rows.length > 0 && !JSON.stringify(rows).includes('sesame'), 'it is sealed');
});

test('what changed since the last run is read and nothing else; what a person dropped is read again', async () => {
  const id = await dataset('changes', 'upsert');
  const movers = `SELECT ${columns}, changed_at FROM register.mover`;
  await pulled(id, documentOf('changes', { query: movers, changed: 'changed_at', overlap: 0 }));
  assert.equal(await run(id), 'read 60 published');
  assert.equal(await run(id), 'nothing_new 0 -');
  await insert('mover', people(3, 9), '2026-03-02T08:00:00.123456Z');
  assert.equal(
    await run(id),
    'read 13 published',
    'those that changed at the mark itself are read once more',
  );
  const unfit = people(2, 11).map((cells) => cells.with(3, 'no day'));
  await insert('mover', unfit, '2026-03-04T08:00:00Z');
  assert.equal(await run(id), 'read 5 held', 'too much of it is bad');
  await insert('mover', people(1, 12), '2026-03-05T08:00:00Z');
  assert.equal(await run(id), 'read 5 held', 'nothing is read while a person decides');
  const held = (await runs(id))[0]?.batch ?? '';
  const dropped = await hub.staff(steward.token, 'POST', `/v1/batches/${held}/drop`, {
    reason: 'mended there',
  });
  assert.equal(dropped.status, 200, JSON.stringify(dropped.json));
  await register.owner.query(
    `UPDATE register.mover SET "出生日期" = substr("公民身份号码", 7, 8) WHERE "出生日期" = 'no day'`,
  );
  assert.equal(await run(id), 'read 6 published', 'from where the last published one had come');
  assert.equal(await run(id), 'nothing_new 0 -');
});

test('what is pulled is listed with its last run, to its department and the data office; failed ones alone on demand', async () => {
  const listed = async (token: string, requested = ''): Promise<readonly string[]> => {
    const { json } = await hub.staff(token, 'GET', `/v1/pulls?${requested}`);
    return (json['pulls'] as readonly { dataset: string; last?: { outcome?: string } }[]).map(
      ({ dataset: id, last }) => `${id} ${last?.outcome ?? '-'}`,
    );
  };
  const waits = async (token: string): Promise<readonly string[]> =>
    ((await hub.staff(token, 'GET', '/v1/inbox')).json['pulls'] as readonly Record<string, string>[]).map(
      ({ dataset: id, outcome }) => `${id} ${outcome}`,
    );
  const both = ['pub-security.changes nothing_new', 'pub-security.people read'];
  assert.deepEqual(await listed(clerk), both);
  assert.deepEqual(await listed(city.operator), both);
  assert.deepEqual(await listed(stranger), []);
  assert.deepEqual(await listed(stranger, 'department=pub-security'), []);
  assert.deepEqual(await listed(city.operator, 'department=education'), []);
  assert.deepEqual(await listed(clerk, 'failed=true'), []);
  const { json } = await hub.staff(clerk, 'GET', '/v1/pulls?limit=1');
  assert.deepEqual(await listed(clerk, `limit=1&cursor=${String(json['nextCursor'])}`), both.slice(1));
  assert.doesNotMatch(JSON.stringify(json), /sesame|SELECT/, 'neither password nor query');
  await register.owner.query('ALTER TABLE register.person RENAME TO hidden');
  try {
    assert.match(await run('pub-security.people'), /^pull_source_failed/);
    assert.deepEqual(await listed(clerk, 'failed=true'), ['pub-security.people pull_source_failed']);
    assert.deepEqual(await waits(steward.token), ['pub-security.people pull_source_failed']);
    assert.deepEqual(await waits(stranger), []);
  } finally {
    await register.owner.query('ALTER TABLE register.hidden RENAME TO person');
  }
  assert.match(await run('pub-security.people'), /^(read|nothing_new) /);
  assert.deepEqual(await waits(steward.token), [], 'until one succeeds');
});

test('a source under maintenance is paused up to a day, which the inbox shows; after it, or lifted before, runs continue', async () => {
  const town = { hub, database, steward, clerk, operator: city.operator, stranger, runs, run };
  assert.equal(await pausesAndResumes(town, 'pub-security.people'), 2);
});

const failing = (document: object): Promise<string> =>
  (async () => {
    const { status, json } = await post('pub-security.people', document);
    assert.ok(status >= 400, 'it is refused');
    return String(json['code']);
  })();

test('what would fail at night fails when it is registered', async () => {
  assert.equal(
    await failing(documentOf('people', { source: { ...source, host: '10.0.0.1' } })),
    'pull_source_not_allowed',
  );
  assert.equal(
    await failing(documentOf('people', { source: { ...source, port: port === 1 ? 2 : 1 } })),
    'pull_source_not_allowed',
    'the operator named this port, not all of the host',
  );
  assert.equal(
    await failing(documentOf('people', { source: { ...source, host: 'elsewhere.example' } })),
    'pull_source_not_allowed',
    'the operator named it for another department',
  );
  for (const user of [writer, mender])
    assert.equal(
      await failing(documentOf('people', { source: { ...source, user } })),
      'pull_role_writes',
      user,
    );
  assert.equal(
    await failing(documentOf('people', { source: { ...source, user: 'postgres' } })),
    'pull_role_writes',
  );
  assert.equal(
    await failing(documentOf('people', { source: { ...source, database: 'none' } })),
    'pull_source_refused',
  );
  assert.equal(await failing(documentOf('people', { query: 'SELECT * FROM nowhere' })), 'pull_source_failed');
  assert.equal(await failing(documentOf('people', { query: `${query}; SELECT 1` })), 'pull_invalid');
  assert.equal(await failing(documentOf('people', { key: ['nothing'] })), 'pull_invalid');
  assert.equal(
    await failing(documentOf('people', { changed: 'changed_at' })),
    'pull_invalid',
    'of a snapshot',
  );
  assert.equal(await failing(documentOf('people', { overlap: 5 })), 'pull_invalid');
  assert.equal(await failing(documentOf('people', { schedule: { every: 'day', on: 2 } })), 'pull_invalid');
  assert.equal(await failing(documentOf('none')), 'mapping_unknown');
  const asleep = `${query} WHERE pg_sleep(1) IS NOT NULL OFFSET 0`;
  assert.equal(await failing(documentOf('people', { query: asleep, seconds: 1 })), 'pull_source_slow');
  const writing = `WITH gone AS (DELETE FROM register.many RETURNING id) SELECT id::text AS "公民身份号码" FROM gone`;
  assert.equal(
    await failing(documentOf('people', { query: writing })),
    'pull_source_failed',
    'it only reads',
  );
});

test('the error text of a source is not repeated: it may hold values', async () => {
  const telling = `SELECT ('x' || "公民身份号码")::int::text AS "公民身份号码" FROM register.person`;
  const { json } = await post('pub-security.people', documentOf('people', { query: telling }));
  assert.equal(json['code'], 'pull_source_failed');
  const reported = JSON.stringify([json, hub.logged, await newestLeaves(database, 3)]);
  assert.equal(
    citizens.some(([id = '?']) => reported.includes(id)),
    false,
    'the number that could not be read as one',
  );
});

test('MariaDB fills a dataset: registered, pulled, and pulled again', { skip: noMariadb }, async () => {
  assert.ok(mariadb);
  const at = { host: mariadb.host, port: mariadb.port, database: 'register', user: 'reader' };
  const of = { ...town, source: { system: 'mysql', ...at } };
  assert.equal(await pullsFromMariadb({ ...of, counts, failing }, mariadb), 2);
  await cutFromMariadb({ ...of, counts, failing, ...seenIn(hub, steward.token, database) }, mariadb);
});

test('a dataset that takes only what a department has signed is not pulled; nor one where a row would never be read', async () => {
  const id = await dataset('signed', 'snapshot', { signedOnly: true });
  assert.equal((await post(id, documentOf('signed'))).json['code'], 'signed_only');
  const never = `SELECT *, NULLIF(changed_at, changed_at) AS never FROM register.mover`;
  const lasting = await dataset('never', 'upsert');
  const requested = await post(lasting, documentOf('never', { query: never, changed: 'never' }));
  assert.equal(requested.json['code'], 'pull_key_unfit');
});

test('a source proves its name before it hears of login or password', async () => {
  const impostor = await impostorWith(hub.hub.services.identity.tlsOptions('staff'));
  const { inside } = impostor;
  const at = { ...source, host: 'localhost', port: impostor.port };
  const named = { ...place, host: at.host, port: at.port, tls: 'verify' } as const;
  const opened = (more: object = {}) => openSource(reading({ source: at }), { ...named, ...more }, 'sesame');
  try {
    await assert.rejects(opened(), { code: 'pull_source_unreachable' });
    assert.deepEqual(inside, [], 'the authority is unknown here');
    // the authority that the operator named, for this very name
    await assert.rejects(opened({ ca: hub.ca }), { code: 'pull_source_unreachable' });
    assert.match(inside.join(), new RegExp(`user\0${reader}\0`));
  } finally {
    impostor.close();
  }
});

test('a source that accepts the password and then sends nothing is given up', async () => {
  const document = { ...documentOf('people'), source: { ...source, host: '127.0.0.1', port: hangingPort } };
  const requested = post('pub-security.people', document);
  for (let i = 0; i < 400 && received.length < 2; i += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.match(received[1] ?? '', /sesame/);
  // the hub would wait ten seconds for it: the line breaks before
  for (const socket of mute) socket.destroy();
  assert.equal((await requested).json['code'], 'pull_source_unreachable');
});

const reading = (more: Partial<PullDocument> = {}) => ({
  source,
  query: 'SELECT * FROM register.many',
  key: ['id'],
  seconds: 5,
  ...more,
});
async function idsFrom(
  opened: Awaited<ReturnType<typeof openSource>>,
  from: From,
  between?: () => Promise<unknown>,
) {
  const ids: number[] = [];
  for await (const { rows } of opened.pages(from)) {
    ids.push(...rows.map(([first]) => Number(first)));
    if (ids.length === rows.length) await between?.();
  }
  return ids;
}

test('what changed shortly before the newest change is read once more, as far back as the document says', async () => {
  const counted = async (more: Partial<PullDocument>): Promise<number> => {
    const opened = await openSource(reading({ changed: 'changed_at', ...more }), place, '');
    // ten rows changed in each second; the newest at 00:08:20
    const rows = await opened.count({ kind: 'since', mark: ['2026-01-01 00:08:20+00', '5000'] });
    await opened.close();
    return rows;
  };
  assert.deepEqual(
    [await counted({ overlap: 0 }), await counted({ overlap: 60 }), await counted({})],
    [1, 601, 5000],
    'ten minutes where it says nothing',
  );
});

test('a page is given up before it fills the memory', async () => {
  const large = `SELECT id, repeat('x', 1000000) AS x FROM register.many WHERE id < 120`;
  const opened = await openSource(reading({ query: large }), place, '');
  await assert.rejects(opened.pages({ kind: 'start' }).next(), { code: 'pull_page_too_large' });
  await opened.close();
});

test('rows that change, come and go while they are read neither vanish nor come twice', async () => {
  const opened = await openSource(reading({ changed: 'changed_at' }), place, '');
  try {
    const ids = await idsFrom(opened, { kind: 'start' }, () =>
      register.owner.query(
        `UPDATE register.many SET changed_at = now() WHERE id % 2 = 0; DELETE FROM register.many WHERE id % 5 = 0;
         INSERT INTO register.many SELECT n, '2026-01-01Z', 'late' FROM generate_series(6001, 6100) AS n`,
      ),
    );
    assert.deepEqual(
      ids,
      Array.from({ length: 5000 }, (_, i) => i + 1),
    );
  } finally {
    await opened.close();
  }
});

test('a source that lies about its order is found out: of a run that does not hold nothing stays', async () => {
  const id = await dataset('liar', 'snapshot');
  // other keys each time they are asked for, and never one twice: rows fall between the pages
  const shuffled = `SELECT id::text AS "公民身份号码", (random() * 1e9)::bigint * 10000 + id AS place FROM register.many`;
  await pulled(id, documentOf('liar', { query: shuffled, key: ['place'] }));
  assert.match(await run(id), /^pull_order_broken \d+ expired \+$/);
  const batch = (await runs(id))[0]?.batch;
  const { rows } = await database.app.query('SELECT 1 FROM batch_part WHERE batch = $1', [batch]);
  assert.equal(rows.length, 0, 'no part stays');
  const leaf = (await newestLeaves(database, 9)).find(({ operation }) => operation === 'pullSources');
  assert.deepEqual([leaf?.dataset, leaf?.change?.['outcome']], [id, 'pull_order_broken']);
  const same = `SELECT id::text AS "公民身份号码", id / 10 AS place FROM register.many`;
  await pulled(id, documentOf('liar', { query: same, key: ['place'] }));
  assert.match(await run(id), /^pull_key_unfit 0 expired \+$/, 'keys that repeat are no keys');
});

pullFaultTests({
  ...town,
  ...seenIn(hub, steward.token, database),
  ...{ hub, steward: steward.token, runs, documentOf, insert, register, database, reader, columns },
});

test('a run takes a limited number of rows, and the next continues after them; a useless one does not begin again at once', async () => {
  const id = await dataset('portions', 'upsert');
  const mass = `SELECT ${columns}, changed_at FROM register.mass`;
  await pulled(id, documentOf('portions', { query: mass, changed: 'changed_at', rows: 2_000 }));
  for (let i = 0; i < 5; i += 1) await hub.hub.runner.run('pullSources');
  assert.deepEqual(
    (await runs(id)).map(({ rows, complete, outcome }) => [rows, complete, outcome]),
    [
      [500, true, 'read'],
      [2000, false, 'read'],
      [2000, false, 'read'],
    ],
  );
  const { json } = await hub.staff(steward.token, 'GET', `/v1/batches?dataset=${id}`);
  const batches = json['batches'] as readonly { state: string; counts: { rows: number } }[];
  assert.equal(
    batches.reduce((sum, { counts: { rows } }) => sum + rows, 0),
    4_500,
    'none is lost and none comes twice',
  );
  // a query without the columns of the mapping: its file cannot be read
  const other = `SELECT id::text AS "公民身份号码", changed_at FROM register.many`;
  await pulled(id, documentOf('portions', { query: other, changed: 'changed_at', rows: 2_000 }));
  assert.equal(await run(id), 'read 2000 failed +');
  const before = (await runs(id)).length;
  await hub.hub.runner.run('pullSources');
  assert.equal((await runs(id)).length, before, 'it pauses first');
});

test('a hub that died in the middle left a run: it is ended with its batch, and done again', async () => {
  const id = 'pub-security.people';
  const { rows } = await database.app.query<{ id: string; batch: string }>(
    `INSERT INTO pull_run (id, dataset, reading, period, begun_at, batch)
     SELECT gen_random_uuid(), $1, repeat('a', 64), '2026-01-01', now() - interval '1 minute', gen_random_uuid() RETURNING id, batch`,
    [id],
  );
  const left = rows[0];
  assert.ok(left);
  await database.app.query(
    "INSERT INTO batch (id, dataset, department, state, bytes) VALUES ($1, $2, 'pub-security', 'receiving', 3)",
    [left.batch, id],
  );
  assert.match(await run(id), /^(?:read|same_bytes) /);
  const reported = (await runs(id)).find(({ batch }) => batch === left.batch);
  assert.deepEqual([reported?.outcome, reported?.batchState], ['pull_broken_off', 'expired']);
});

test('by command, with the document of the guide: registered, accepted, run and ended', async () => {
  const id = await dataset('verbs', 'snapshot');
  const home = mkdtempSync(join(tmpdir(), 'datong-pull-'));
  after(() => rmSync(home, { recursive: true, force: true }));
  const state = join(home, 'demo.json');
  const tokens = { steward: steward.token, second: second.token };
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, tokens);
  const datong = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    typedDatong([...words], { cwd: home, env: { DATONG_STATE: state, ...env } });
  for (const page of ['intake.md', 'intake.zh-CN.md']) {
    const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
    const [, block = ''] = /^```yaml\n(kind: Pull\n[^]*?)^```/m.exec(text) ?? [];
    writeFileSync(join(home, 'pull.yaml'), block);
    const [reported] = readDocuments(join(home, 'pull.yaml'));
    const { changed: _, overlap: __, ...members } = reported?.members ?? {};
    const all = 'SELECT *, 1 AS one FROM register.person';
    const own = { dataset: id, source, query: all, key: ['公民身份号码'], mapping: 'verbs' };
    const document = {
      kind: 'Pull',
      ...members,
      ...own,
      schedule: { every: 'workday', window: '01:00-05:00' },
    };
    writeFileSync(join(home, 'pull.json'), JSON.stringify(document));
    assert.deepEqual(reported?.members['schedule'], document.schedule, page);
  }
  const apply = ['apply', 'pull.json', '--as', 'steward', '--json'];
  const without = await datong(apply);
  assert.deepEqual([without.code, /passwordFrom/.test(without.stderr)], [4, true]);
  const trouble = await datong(['pull', 'list', '--failed', '--as', 'steward']);
  assert.match(trouble.stdout, /^pub-security\.liar .* pull_key_unfit$/m);
  const inbox = await datong(['inbox', '--as', 'steward', '--lang', 'en']);
  assert.match(inbox.stdout, /^Pull {2}pub-security\.liar {2}pull_key_unfit {2}\d{4}-/m);
  assert.match(inbox.stdout, /^Pull {2}pub-security\.portions {2}\w+ {2}\S+ {2}next run \d{4}-/m);
  const portions = await datong(['pull', 'show', 'pub-security.portions', '--as', 'steward', '--lang', 'en']);
  assert.match(
    portions.stderr,
    /the last run failed: \w+ \(datong batch show \S+\); the next run is due at \d{4}-/,
  );
  const applied = await datong(apply, { REGISTER_PASSWORD: 'sesame' });
  assert.equal(applied.code, 0, applied.stderr);
  assert.equal((applied.stdout + applied.stderr).includes('sesame'), false);
  const { rows } = await database.app.query<{ id: string }>(
    "SELECT id FROM proposal WHERE operation = 'registerPull' AND state = 'waiting' ORDER BY proposed_at DESC",
  );
  const approval = await datong(['approve', rows[0]?.id ?? '', '--as', 'second']);
  assert.deepEqual(
    [approval.code, /sealed/i.test(approval.stdout), approval.stdout.includes(id)],
    [0, false, true],
  );
  const approved = await datong(['approve', rows[0]?.id ?? '', '--as', 'second', '--yes']);
  assert.equal(approved.code, 0, approved.stderr);
  const stored = await database.owner.query<{ text: string }>( // of what waited, and of what is stored
    "SELECT (SELECT string_agg(body, '') FROM proposal) || (SELECT string_agg(encode(secret, 'escape'), '') FROM pull) AS text",
  );
  const writings = (['base64', 'hex', 'utf8'] as const).map((as) => Buffer.from('sesame').toString(as));
  assert.ok(writings.every((one) => stored.rows[0]?.text.includes(one) === false));
  assert.equal((await datong(['pull', 'run', id, '--as', 'steward'])).code, 0);
  await hub.hub.runner.run('pullSources');
  const shown = await datong(['pull', 'show', id, '--as', 'steward']);
  assert.match(shown.stderr, new RegExp(`as ${reader}; every workday, 01:00-05:00; all rows each time`));
  assert.match(shown.stdout, /\d +read +60 /);
  // a column that appears in the source is mentioned, and its rows come all the same
  await register.owner.query('ALTER TABLE register.person ADD COLUMN "备注" text DEFAULT $$new$$');
  assert.equal((await datong(['pull', 'run', id, '--as', 'steward'])).code, 0);
  await hub.hub.runner.run('pullSources');
  const widened = await datong(['pull', 'show', id, '--as', 'steward', '--lang', 'en']);
  await register.owner.query('ALTER TABLE register.person DROP COLUMN "备注"');
  assert.match(widened.stderr, /new columns that the mapping does not read, by their numbers .*: \d+$/m);
  const until = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
  const paused = await datong([
    'pull',
    'pause',
    id,
    '--until',
    until,
    '--reason',
    'a move',
    '--as',
    'steward',
  ]);
  assert.equal(paused.code, 0, paused.stderr);
  const inEnglish = (...words: string[]) => datong([...words, '--as', 'steward', '--lang', 'en']);
  const asked = [inEnglish('pull', 'list'), inEnglish('inbox'), inEnglish('pull', 'show', id)] as const;
  const [list, wait, show] = await Promise.all(asked);
  assert.match(list.stdout, new RegExp(`^${id} .* \\(pull_paused ≤ ${until}\\)`, 'm'));
  assert.match(wait.stdout, new RegExp(`^Pull  ${id}  pull_paused  .*  ≤ ${until}$`, 'm'));
  assert.match(show.stderr, new RegExp(`paused until ${until} by .*: a move`));
  assert.equal((await datong(['pull', 'resume', id, '--as', 'steward'])).code, 0);
  assert.equal((await datong(['pull', 'end', id, '--as', 'steward'])).code, 2, 'without a reason');
  const ended = await datong(['pull', 'end', id, '--reason', 'files again', '--as', 'steward']);
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal((await datong(['pull', 'show', id, '--as', 'steward'])).code, 1);
});

test('ending it takes the password away; nothing pulls any more', async () => {
  const id = 'pub-security.people';
  const before = (await runs(id)).length;
  assert.equal(
    (await hub.staff(stranger, 'POST', `/v1/datasets/${id}/pull/end`, { reason: 'no' })).status,
    403,
  );
  const ended = await hub.staff(steward.token, 'POST', `/v1/datasets/${id}/pull/end`, {
    reason: '改为文件报送',
  });
  assert.deepEqual(ended.json, { dataset: id, ended: true });
  await hub.hub.runner.run('pullSources');
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/run'],
  ] as const)
    assert.equal(
      (
        await hub.staff(
          steward.token,
          method,
          `/v1/datasets/${id}/pull${path}`,
          method === 'GET' ? undefined : {},
        )
      ).json['code'],
      'pull_unknown',
    );
  const { rows } = await database.app.query<{ runs: string; secret: string }>(
    `SELECT (SELECT count(*) FROM pull_run WHERE dataset = $1) AS runs, encode(secret, 'hex') AS secret FROM pull WHERE dataset = $1`,
    [id],
  );
  assert.deepEqual(rows, [{ runs: String(before), secret: '' }]);
});
