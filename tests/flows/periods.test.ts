/** Rows that are partitioned by period: made, read as one, and destroyed a period at a time. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { periodLines, type Periods } from '../../clients/cli/reading/lists.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { CopyTuples } from '../../hub/domain/rowTable/copyTuples.ts';
import { datasetTable, layoutOf, periodTable } from '../../hub/domain/rowTable/layout.ts';
import type { ActFacts } from '../../hub/platform/jobs/act.ts';
import { destroyRows } from '../../hub/flows/retention/jobs/retire.ts';
import { periodsBrought, readyTable } from '../../hub/flows/lastingTable.ts';
import { startLastingTable } from '../../hub/flows/intake/rebind/changeoverRows.ts';
import { isDatasetHeld, mayGo } from '../../hub/log/store/legalHolds.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import { deleteKeys } from '../../hub/flows/rows/store/byKey.ts';
import { dropBatch, loadBatch } from '../../hub/flows/rows/store/load.ts';
import { periodsWithRows, rowsOfPeriod } from '../../hub/flows/rows/store/periods.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { parseDatasetSchema } from '../../schemas/parse.ts';
import { maxBegun } from '../../hub/domain/periods.ts';
import { samples } from '../hub.ts';
import { holdPlacedWhile, lockWaits, whileOpen } from '../lockWaits.ts';
import { requestedHold } from './requestedHold.ts';
import { hoursAgreement, hoursFile as hours, recordOf } from './hoursFile.ts';
import { commit, post, sha256, reported, uploaded } from './intakeCalls.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();
const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 12 });
const { client } = city.ecology;
const steward = await hub.token('qi', ['steward'], 'ecology');
const dataset = 'ecology.hours';
const context = { purpose: 'environment-study', agreement: 'agr-hours' };
const folder = mkdtempSync(join(tmpdir(), 'datong-periods-'));
after(() => rmSync(folder, { recursive: true }));

/** The file that begins with the first of the months. */
let firstBatch = '';

/** A dataset of hours with rules of its own; of a file two rows may be bad. */
async function made(name: string, intake: object): Promise<void> {
  const id = `ecology.${name}`;
  const registered = await hub.staff(city.operator, 'POST', '/v1/datasets', {
    id,
    title: { zh: name, en: name },
    schema: 'urn:datong:air-quality-hourly:1.0',
    mode: 'upsert',
    sharing: { type: 'conditional', conditions: '用于研究' },
    intake,
  });
  assert.equal(registered.status, 201, JSON.stringify(registered.json));
  const air = readDocuments(resolve(samples, 'air-quality/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const limits = { maxBad: 2 };
  const document = { ...(air?.members['document'] as object), mapping: `ecology/${name}@1`, limits };
  const mapped = await hub.staff(steward, 'POST', `/v1/datasets/${id}/mappings`, { document });
  assert.equal(mapped.status, 201, JSON.stringify(mapped.json));
}

/** The month so many months from now, in China, as a period. */
function month(away: number): string {
  const now = new Date(database.now() + 8 * 3_600_000);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + away)).toISOString().slice(0, 7);
}

async function sent(bytes: Buffer, id = dataset): Promise<{ readonly batch: string; readonly code: string }> {
  const batch = await uploaded(client, id, bytes);
  return { batch, code: await reported(commit(client, batch, bytes, id.slice('ecology.'.length))) };
}
const shown = async (batch: string) => (await hub.staff(steward, 'GET', `/v1/batches/${batch}`)).json;
const schemaOf = (id = dataset) => {
  const schema = hub.hub.services.registry.current.datasets.get(id)?.schema;
  assert.ok(schema);
  return schema;
};
async function there(id = dataset): Promise<readonly string[]> {
  const { rows } = await database.owner.query<{ name: string }>(
    'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = to_regclass($1) ORDER BY 1',
    [datasetTable(id, schemaOf(id))],
  );
  return rows.map(({ name }) => name.slice(-7).replace('_', '-'));
}
const waits = (): Promise<void> => lockWaits(database);
async function someKey(): Promise<{ station: string; time: string }> {
  const { rows } = await database.app.query<{ station: string; time: string }>(
    `SELECT f_station AS station, f_time AS time FROM ${datasetTable(dataset, schemaOf())} LIMIT 1`,
  );
  assert.ok(rows[0]);
  return rows[0];
}
/** What a consumer reads, page by page. */
async function read(filter: { gte?: string; lt?: string } = {}): Promise<readonly string[]> {
  const requested =
    Object.keys(filter).length === 0
      ? {}
      : { filter: [{ field: 'time', op: 'range' as const, value: filter }] };
  const found: string[] = [];
  for await (const { json } of city.education.client.queryPages(dataset, { ...requested, limit: 3 }, context))
    found.push(
      ...json.records.map(
        (one) => `${String(one['station'])} ${String(one['time']).slice(0, 7)} ${String(one['pm25'])}`,
      ),
    );
  return found.sort();
}

test('rows are partitioned by period: parts are made before rows come, a key is unique in all of them, and readers see one table', async () => {
  await made('hours', { periods: { field: 'time', every: 'month' } });
  const agreement = join(folder, 'agreement.yaml');
  writeFileSync(agreement, JSON.stringify(hoursAgreement(dataset, context)));
  await city.apply(agreement, [city.education, city.ecology]);
  const months = [month(-3), month(-2), month(-1), month(0)];
  const first = await sent(hours(months.slice(0, 3)));
  assert.equal(first.code, '200');
  firstBatch = first.batch;
  assert.deepEqual(await there(), months.slice(0, 3));
  // a long reader of the table blocks no one, and is not blocked
  await whileOpen(
    database.app,
    `LOCK TABLE ${datasetTable(dataset, schemaOf())} IN ACCESS SHARE MODE`,
    async () => {
      assert.equal((await sent(hours([...months.slice(2), month(1)], '2'))).code, '200');
    },
  );
  assert.deepEqual(await there(), [...months, month(1)]);
  // what came again was replaced, in its part
  const all = [...months, month(1)].map((one, i) => `A ${one} ${i < 2 ? 1 : 2}`);
  assert.deepEqual(await read(), all);
  assert.deepEqual(
    await read({ gte: `${months[1] ?? ''}-01`, lt: `${months[3] ?? ''}-01` }),
    all.slice(1, 3),
  );
  const { rows: plan } = await database.owner.query<Record<string, string>>(
    `EXPLAIN SELECT 1 FROM ${datasetTable(dataset, schemaOf())} WHERE f_time >= '${months[1] ?? ''}-01' AND f_time < '${months[3] ?? ''}-01'`,
  );
  const scanned = plan.flatMap(
    (line) => /\bon (p_\w+)/.exec(String(line['QUERY PLAN']))?.[1]?.slice(-7) ?? [],
  );
  assert.deepEqual(
    scanned,
    [months[1]?.replace('-', '_'), months[2]?.replace('-', '_')],
    'the others are not looked at',
  );

  // what agreements let callers ask by is indexed in each part, and in one to come from its beginning
  const requested = async (): Promise<number> =>
    Number(
      (
        await database.owner.query<{ n: string }>(
          `SELECT count(*) AS n FROM pg_index AS i JOIN pg_class AS made ON made.oid = i.indexrelid
            WHERE made.relname LIKE 'asked%' AND i.indisvalid AND i.indrelid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass($1))`,
          [datasetTable(dataset, schemaOf())],
        )
      ).rows[0]?.n,
    );
  assert.equal(await hub.hub.runner.run('indexRows'), 'ok');
  const indexed = await requested();
  assert.equal(indexed % 5, 0);
  assert.ok(indexed > 0);
  assert.equal((await sent(hours([month(2)], '2'))).code, '200');
  assert.equal(await requested(), (indexed / 5) * 6);

  // within a batch a key comes once, in all periods together, and a row without a day is reported by line
  const wrong = await sent(hours([month(0), month(1), month(0), `${month(0).slice(0, 4)}-13`], '3'));
  assert.equal(wrong.code, '200');
  const { json } = await client.quarantine(wrong.batch);
  assert.deepEqual(
    (json as { rows: readonly { line: number; problems: readonly { field: string }[] }[] }).rows.map(
      ({ line, problems }) => [line, problems[0]?.field],
    ),
    [
      [4, 'station, time'],
      [5, 'time'],
    ],
  );
  assert.deepEqual(await there(), [...months, month(1), month(2)]);
});

test('the table that a dataset goes over to is partitioned too', async () => {
  const row = hub.hub.services.registry.current.datasets.get(dataset)?.row;
  assert.ok(row);
  const sample = readFileSync(resolve('schemas/shared/air-quality-hourly.json'), 'utf8');
  const next = parseDatasetSchema(JSON.parse(sample.replace('hourly:1.0', 'hourly:2.0')));
  const batch = uuid7(database.now());
  const tuples = new CopyTuples(layoutOf(next), ['time', 'station']);
  for (const [nth, hour] of ['2024-12-31T23:00:00+08:00', '2025-01-01T00:00:00+08:00'].entries())
    tuples.add([hour, 'A'], nth + 1, undefined);
  async function* all(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(tuples.added.subarray(0, tuples.size));
  }
  await loadBatch(database, layoutOf(next), batch, all(), undefined);
  const lasting = { row, schema: next };
  const brought = await periodsBrought(database.app, batch, lasting);
  assert.deepEqual(brought, ['2024-12', '2025-01']);
  await readyTable({ database, registry: hub.hub.services.registry }, lasting, brought);
  for (let twice = 0; twice < 2; twice += 1)
    await withTransaction(database.app, (transaction) =>
      startLastingTable(transaction, dataset, next, batch),
    );
  // a hold that is placed while the switch waits retains the rows: nothing of the switch remains
  await holdPlacedWhile(database, { kind: 'dataset', target: dataset }, () =>
    assert.rejects(
      withTransaction(database.app, (transaction) => startLastingTable(transaction, dataset, next, batch)),
      { code: 'under_legal_hold' },
    ),
  );
  await dropBatch(database.owner, batch);
  for (const [period, rows] of [
    ['2024-12', 1],
    ['2025-01', 1],
    ['2025-02', undefined],
  ] as const)
    assert.equal((await rowsOfPeriod(database.app, dataset, next, period))?.rows, rows, period);
});

test('a field that is no day, or is not in the key, cannot define periods; the field of periods never changes', async () => {
  const register = async (more: object, schema = 'air-quality-hourly') =>
    (
      await hub.staff(city.operator, 'POST', '/v1/datasets', {
        id: 'ecology.unfit',
        title: { zh: '否', en: 'no' },
        schema: `urn:datong:${schema}:1.0`,
        mode: 'upsert',
        sharing: { type: 'none' },
        ...more,
      })
    ).json;
  const unfit = async (field: string, schema?: string): Promise<string> =>
    JSON.stringify(await register({ intake: { periods: { field, every: 'month' } } }, schema));
  assert.match(await unfit('nothing'), /periods_unfit.*is a field of days/);
  assert.match(await unfit('station'), /periods_unfit.*is a field of days/);
  assert.match(await unfit('move_in_date', 'household'), /periods_unfit.*never null/);
  assert.match(
    await unfit('birth_date', 'household'),
    /periods_unfit.*the primary key has to hold birth_date/,
  );
  const idle = await register({ mode: 'snapshot', intake: { periods: { field: 'time', every: 'month' } } });
  assert.equal(idle['code'], 'intake_rule_idle');
  const { digest } = (await hub.staff(steward, 'GET', `/v1/datasets/${dataset}`)).json['dataset'] as {
    digest: string;
  };
  for (const intake of [{}, { periods: { field: 'time', every: 'year' } }]) {
    const answer = await hub.staff(steward, 'POST', `/v1/datasets/${dataset}/amendment`, {
      digest,
      reason: '改为按年',
      intake,
    });
    assert.deepEqual([answer.status, answer.json['code']], [409, 'periods_fixed']);
  }
  // nor does an existing one get them
  await made('plain', {});
  const plain = '/v1/datasets/ecology.plain';
  const { digest: read } = (await hub.staff(steward, 'GET', plain)).json['dataset'] as { digest: string };
  const { status, json } = await hub.staff(steward, 'POST', `${plain}/amendment`, {
    digest: read,
    reason: '改为按月',
    intake: { periods: { field: 'time', every: 'month' } },
  });
  assert.deepEqual([status, json['code']], [409, 'periods_fixed']);
  assert.match(
    JSON.stringify(json['next']),
    /register another dataset with intake\.periods.*retire this one/,
  );
});

test('a file whose days were misread begins no parts, and months of years past come in several files', async () => {
  const before = await there();
  const years = (from: number, count: number): readonly string[] =>
    Array.from(
      { length: count },
      (_, i) => `${1800 + Math.floor((from + i) / 12)}-${String(((from + i) % 12) + 1).padStart(2, '0')}`,
    );
  const many = await sent(hours(years(0, maxBegun + 1)));
  assert.equal(many.code, 'batch_periods_many');
  const { state, findings } = (await shown(many.batch)) as {
    state: string;
    findings: readonly { severity: string; facts: object }[];
  };
  assert.deepEqual(
    [state, findings.map(({ severity, facts }) => ({ severity, facts }))],
    ['rejected', [{ severity: 'reject', facts: { periods: 61, most: 60, all: 72 } }]],
  );
  assert.deepEqual(await there(), before, 'nothing of it was made');
  await made('long', { periods: { field: 'time', every: 'month' } });
  const long = 'ecology.long';
  assert.equal((await sent(hours(years(0, maxBegun)), long)).code, '200');
  assert.equal((await sent(hours(years(1, maxBegun), '2'), long)).code, '200', 'one of them is new');
  const present = await there(long);
  assert.equal(present.length, maxBegun + 1);
  // one statement reports which of them have rows, though one is gone by now
  let requested = 0;
  const counting = {
    query: (text: string, values: unknown[]) => {
      requested += 1;
      return database.app.query(text, values);
    },
  } as unknown as typeof database.app;
  assert.deepEqual([...(await periodsWithRows(counting, long, schemaOf(long), present))].sort(), present);
  assert.equal(requested, 1);
  const withGone = ['1700-01', ...present.slice(0, 2)];
  assert.deepEqual(
    [...(await periodsWithRows(database.app, long, schemaOf(long), withGone))].sort(),
    present.slice(0, 2),
  );
  // the first and the last day that there are
  assert.equal((await sent(hours(['0001-01', '9999-12']), long)).code, '200');
  await made('yearly', { periods: { field: 'time', every: 'year' } });
  assert.equal(
    (await sent(hours(['0001-01', '2025-01', '2025-12', '9999-12']), 'ecology.yearly')).code,
    '200',
  );
  assert.deepEqual(
    (await there('ecology.yearly')).map((name) => name.slice(-4)),
    ['0001', '2025', '9999'],
  );
});

/** Stores versions 1 and 7 of a row of a period. */
async function versionsIn(period: string): Promise<void> {
  await database.owner.query(
    `INSERT INTO row_version (dataset, key_hash, version, department, exchange, at, period, sealed)
     SELECT $1, sha256('row'), version, 'ecology', gen_random_uuid(), now(), $2, '' FROM unnest('{1,7}'::integer[]) AS version`,
    [dataset, period],
  );
}
/** The highest number of versions that ended, where none is left. */
const endedVersions = async (): Promise<readonly number[]> =>
  (
    await database.owner.query<{ version: number }>(
      `SELECT version FROM row_version_ended
        WHERE dataset = $1 AND NOT EXISTS (SELECT FROM row_version WHERE dataset = $1)`,
      [dataset],
    )
  ).rows.map(({ version }) => version);

test('a period that is over goes whole, with an entry, its batches and feeds report so, and rows that come late are reported by line', async () => {
  type Question = Readonly<Record<string, unknown>>;
  const next = async (question: Question = {}) =>
    (await city.education.client.changes.next(dataset, question, context)).json;
  const begun = await next();
  assert.deepEqual([begun.more, begun.rows.delivered], [false, 6]);
  const { watermark } = begun;
  // waits with rows that are retained today
  const held = await sent(
    Buffer.concat([
      hours([month(-3)], '9', 'B'),
      ...['x', 'y', 'z'].map((bad) => Buffer.from(`\r\n1,2026,1,1,${bad},1,69,5,2,26,9,-1,991,0,0,NW,1.5,B`)),
    ]),
  );
  assert.equal(held.code, 'too_many_bad_rows');

  const officer = await hub.token('保全', ['security']);
  const about = `/v1/datasets/${dataset}`;
  const { digest } = (await hub.staff(steward, 'GET', about)).json['dataset'] as { digest: string };
  const keep = { periods: { field: 'time', every: 'month', keep: 2 } };
  const requested = await hub.staff(steward, 'POST', `${about}/amendment`, {
    digest,
    reason: '只留两个月',
    intake: keep,
  });
  assert.equal(requested.status, 202, 'rows go sooner: the security officer agrees');
  assert.equal(await hub.hub.runner.run('destroyPeriods'), 'ok');
  assert.equal((await read()).length, 6);
  const path = `/v1/proposals/${String(requested.json['proposal'])}`;
  const proposed = (await hub.staff(officer, 'GET', path)).json;
  assert.deepEqual((proposed['body'] as { loosens: unknown }).loosens, ['periods']);
  const accepted = await hub.staff(officer, 'POST', `${path}/acceptance`, { digest: proposed['digest'] });
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));

  // under legal hold nothing goes
  const withdraw = await requestedHold(hub, officer, dataset, 'SS-2026-0009');
  assert.equal(await hub.hub.runner.run('destroyPeriods'), 'ok');
  assert.equal((await read()).length, 6);
  await withdraw();

  // a hold that is placed while the destruction waits for another's rows remains; and placing one waits for what began before
  const oldest = periodTable(dataset, schemaOf(), month(-3));
  const writer = await database.app.connect();
  try {
    await writer.query(`BEGIN; LOCK TABLE ${oldest} IN ROW EXCLUSIVE MODE`);
    const running = hub.hub.runner.run('destroyPeriods');
    await waits();
    // who publishes something else of the dataset waits for nothing
    await database.app.query('SELECT FROM dataset WHERE id = $1 FOR UPDATE NOWAIT', [dataset]);
    const withdrawSecond = await requestedHold(hub, officer, dataset, 'SS-2026-0010');
    await writer.query('ROLLBACK');
    assert.equal(await running, 'ok');
    assert.equal((await read()).length, 6, 'the hold came before the rows went');
    const { rows: none } = await database.app.query('SELECT FROM period_destruction');
    assert.equal(none.length, 0);
    await withdrawSecond();

    await writer.query('BEGIN');
    assert.equal(await mayGo(writer, dataset), true);
    const third = requestedHold(hub, officer, dataset, 'SS-2026-0011');
    await waits();
    assert.equal(
      await isDatasetHeld(database.app, dataset),
      false,
      'it waits for the end of what began before',
    );
    await writer.query('ROLLBACK');
    const withdrawThird = await third;
    assert.equal(await mayGo(writer, dataset), false);
    assert.equal(await deleteKeys(writer, dataset, schemaOf(), [await someKey()]), 0);
    await withdrawThird();
  } finally {
    writer.release();
  }
  // rows that their provider deletes wait for a hold that is being placed
  let refused = '';
  const keys = [await someKey()];
  await holdPlacedWhile(
    database,
    { kind: 'dataset', target: dataset },
    async () =>
      (refused = await reported(post(client, `/v1/datasets/${dataset}/deletions`, { keys, reason: '更正' }))),
  );
  assert.equal(refused, 'under_legal_hold');
  assert.equal((await read()).length, 6);

  const question = { limit: 3 };
  const firstPage = (await city.education.client.query(dataset, question, context)).json;
  const { nextCursor: cursor = '' } = firstPage;
  // one that is being read stays, and nothing says that it went
  const part = periodTable(dataset, schemaOf(), month(-3));
  await whileOpen(database.app, `LOCK TABLE ${part} IN ACCESS SHARE MODE`, async () => {
    const [before] = await newestLeaves(database, 1);
    assert.equal(await hub.hub.runner.run('destroyPeriods'), 'ok');
    assert.deepEqual(await newestLeaves(database, 1), [before]);
    assert.equal((await read()).length, 6);
  });
  // nor does it wait for who publishes, and may be waiting for the period
  await whileOpen(database.app, `SELECT FROM dataset WHERE id = '${dataset}' FOR UPDATE`, async () => {
    assert.equal(await hub.hub.runner.run('destroyPeriods'), 'ok');
    assert.equal((await read()).length, 6);
  });
  const rest = await city.education.client.query(dataset, { ...question, cursor }, context);
  assert.equal(rest.json.records.length, 3, 'nothing went yet');
  const retained = [month(-2), month(-1), month(0), month(1), month(2)];
  const periodsThere = async (): Promise<readonly string[]> => {
    const { periods } = (await hub.staff(steward, 'GET', about)).json as { periods: Periods };
    return periods.there.map(({ period }) => period);
  };
  const bytesOf = async (batch: string): Promise<number> =>
    Number(
      (
        await database.app.query<{ bytes: string }>(
          'SELECT coalesce(sum(bytes), 0) AS bytes FROM batch_part WHERE batch = $1',
          [batch],
        )
      ).rows[0]?.bytes,
    );
  await versionsIn(month(-3));
  const early = await bytesOf(firstBatch);
  assert.ok(early > 0);
  await whileOpen(
    database.app,
    `LOCK TABLE ONLY ${datasetTable(dataset, schemaOf())} IN ACCESS SHARE MODE`,
    async () => {
      assert.equal(await hub.hub.runner.run('destroyPeriods'), 'ok');
      assert.deepEqual(await there(), [month(-3), ...retained], 'another statement reads the table');
      assert.deepEqual(await periodsThere(), retained, 'and no rows stand in it');
    },
  );
  const wentLast = (await newestLeaves(database, 20)).filter(
    ({ operation }) => operation === 'destroyPeriods',
  );
  assert.deepEqual(
    wentLast.map((leaf) => [leaf.operation, leaf.dataset, leaf.provider, leaf.change]),
    [
      ['destroyPeriods', dataset, 'ecology', { batch: firstBatch, bytes: early }],
      ['destroyPeriods', dataset, 'ecology', { period: month(-3), rows: 1, batches: 1 }],
    ],
    'its rows, and the file that they came in',
  );
  assert.equal(await bytesOf(firstBatch), 0);
  assert.deepEqual(await endedVersions(), [7]);
  // a reader that began before is notified, and never gets fewer rows silently; for that no one searches what went
  await whileOpen(database.owner, 'LOCK TABLE period_destruction IN ACCESS EXCLUSIVE MODE', async () => {
    assert.equal((await read()).length, 5);
  });
  const cut = city.education.client.query(dataset, { ...question, cursor }, context);
  assert.equal(await reported(cut), 'cursor_expired');
  assert.equal(await hub.hub.runner.run('destroyPeriods'), 'ok');
  assert.deepEqual(await there(), retained, 'its table is gone');
  assert.deepEqual(
    (await read()).map((one) => one.slice(2, 9)),
    retained,
  );
  assert.equal(await hub.hub.runner.run('destroyPeriods'), 'ok');
  assert.equal((await lastLeaf(database)).operation, 'queryDataset', 'and nothing goes twice');

  const after = await next({ acknowledge: watermark });
  assert.deepEqual(
    [after.rows.delivered, after.rows.gone, after.changes.map(({ op }) => op)],
    [0, 1, ['gone']],
  );

  const { json: detail } = await hub.staff(steward, 'GET', about);
  const { there: present, destroyed } = detail['periods'] as {
    there: readonly { period: string; goesOn: string }[];
    destroyed: readonly Readonly<Record<string, unknown>>[];
  };
  assert.deepEqual(present[0], { period: month(-2), goesOn: `${month(1)}-01` });
  const [gone, ...none] = destroyed;
  assert.deepEqual([gone?.['period'], gone?.['rows'], gone?.['batches'], none], [month(-3), 1, 1, []]);
  const lines = periodLines(detail['periods'] as Periods);
  assert.match(lines[0] ?? '', new RegExp(`${month(-2)}.*${month(2)}.*${month(1)}-01`));
  assert.match(lines[1] ?? '', new RegExp(`${month(-3)}  1 `));
  const stranger = await hub.token('外部', ['steward'], 'education');
  assert.equal((await hub.staff(stranger, 'GET', about)).json['periods'], undefined, 'it is not theirs');
  const { rows } = await database.app.query<{ batch: string }>('SELECT batch FROM period_destruction');
  assert.deepEqual(rows.length, 1);
  const first = await shown(rows[0]?.batch ?? '');
  assert.deepEqual([first['destroyed'], (first['counts'] as { rows: number }).rows], [1, 3]);

  const late = await sent(hours([month(0), month(-3), month(-2)], '7', 'C'));
  assert.equal(late.code, '200', 'the others are published');
  assert.deepEqual((await shown(late.batch))['counts'], { records: 3, rows: 2, bad: 1, skipped: 0 });
  const { json } = await client.quarantine(late.batch);
  const [only] = (
    json as { rows: readonly { line: number; problems: readonly Readonly<Record<string, unknown>>[] }[] }
  ).rows;
  assert.deepEqual(
    [only?.line, only?.problems[0]?.['field'], only?.problems[0]?.['rule']],
    [3, 'time', 'period.over'],
  );
  assert.deepEqual(
    (only as { raw?: unknown }).raw,
    recordOf(hours([month(0), month(-3)], '7', 'C'), 2),
    'as it stands in the file',
  );
  assert.deepEqual(await there(), retained);

  // what was merged is not taken back: neither the last batch nor one before it
  for (const merged of [firstBatch, late.batch]) {
    const back = await hub.staff(steward, 'POST', `/v1/batches/${merged}/restoration`, { reason: '误报' });
    assert.deepEqual([back.status, back.json['code']], [409, 'batch_merged']);
  }
  const release = await hub.staff(steward, 'POST', `/v1/batches/${held.batch}/release`, {
    reason: '核对无误',
  });
  assert.deepEqual([release.status, release.json['code']], [422, 'batch_periods_over']);
  // mended rows come in by themselves, and what did not come with them is reported
  const mended = hours([month(0), month(1)], '8', 'B');
  const batch = await uploaded(client, dataset, mended);
  const request = { sha256: sha256(mended), bytes: mended.length, mapping: 'hours', corrects: held.batch };
  const answered = await reported(post(client, `/v1/batches/${batch}/commit`, request));
  assert.equal(answered, '200');
  const { counts, findings } = (await shown(batch)) as {
    counts: object;
    findings: readonly { code: string; severity: string; facts: object }[];
  };
  assert.deepEqual(counts, { records: 2, rows: 2, bad: 0, skipped: 0 });
  assert.deepEqual(
    findings.map(({ code, severity, facts }) => ({ code, severity, facts })),
    [
      {
        code: 'batch_periods_left',
        severity: 'warn',
        facts: { rows: 1, first: month(-2), batch: held.batch },
      },
      {
        code: 'batch_correction_short',
        severity: 'warn',
        facts: { rows: 1, bad: 3, batch: held.batch },
      },
    ],
  );
  // rows that came late are not stored, and the file that holds them is not either
  const lateBytes = await bytesOf(late.batch);
  assert.ok(lateBytes > 0);
  assert.equal(await hub.hub.runner.run('destroyPeriods'), 'ok');
  assert.deepEqual(
    (await newestLeaves(database, 1)).map((leaf) => [leaf.operation, leaf.change]),
    [['destroyPeriods', { batch: late.batch, bytes: lateBytes }]],
  );
  assert.equal(await bytesOf(late.batch), 0);
});

test('of files that waited for a person not more is let in than the dataset may have; what cannot be destroyed holds up no other dataset', async () => {
  await made('a-waits', { periods: { field: 'time', every: 'month', keep: 60 } });
  const waiting = 'ecology.a-waits';
  const bad = ['x', 'y', 'z'].map((word) =>
    Buffer.from(`\r\n1,2026,1,1,${word},1,69,5,2,26,9,-1,991,0,0,NW,1.5,B`),
  );
  const ahead = (from: number): Buffer =>
    Buffer.concat([hours(Array.from({ length: 50 }, (_, i) => month(from + i))), ...bad]);
  const both = [await sent(ahead(0), waiting), await sent(ahead(50), waiting)];
  assert.deepEqual(
    both.map(({ code }) => code),
    ['too_many_bad_rows', 'too_many_bad_rows'],
  );
  const codes: unknown[] = [];
  for (const { batch } of both) {
    const body = { reason: '核对无误' };
    const { json } = await hub.staff(steward, 'POST', `/v1/batches/${batch}/release`, body);
    codes.push(json['code']);
  }
  assert.deepEqual(codes, [undefined, 'batch_periods_many']);
  assert.equal((await there(waiting)).length, 50);

  await made('z-goes', { periods: { field: 'time', every: 'month', keep: 2 } });
  assert.equal((await sent(hours([month(0)]), 'ecology.z-goes')).code, '200');
  const [part] = [periodTable(waiting, schemaOf(waiting), month(0))];
  await database.owner.query(
    `CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stays'; END $$;
     CREATE TRIGGER stays BEFORE TRUNCATE ON ${part} FOR EACH STATEMENT EXECUTE FUNCTION stay()`,
  );
  const { registry } = hub.hub.services;
  const job = destroyRows({ database, registry });
  const later = database.now() + 62 * 31 * 86_400_000;
  const run = {
    now: () => later,
    state: null,
    signal: new AbortController().signal,
    act: async ({ work }: ActFacts) => {
      const exchange = uuid7(database.now());
      await withTransaction(database.app, async (transaction) => work?.(transaction, exchange));
      return { exchange };
    },
  };
  await assert.rejects(job.run(run), { code: 'rows_unauthenticated' }, 'a trigger that the hub did not make');
  assert.deepEqual(await there('ecology.z-goes'), []);
  assert.equal((await there(waiting)).includes(month(0)), true);
});
