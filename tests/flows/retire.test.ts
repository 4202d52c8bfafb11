/** Retire: what is destroyed goes with an entry that states how much of what, and only what is not needed. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { expireOpenBatches } from '../../hub/flows/retention/expire.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import { commit, post, put, stateOf, reported, uploaded } from './intakeCalls.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub(
  { jobsByTime: false, intake: { openBatches: 3, batchBytes: 200_000 } },
  { connections: 8 },
);
const { client } = city.publicSecurity;
const household = 'pub-security.household';
const { runner } = hub.hub;
const security = await hub.token('保全', ['security']);
const steward = await hub.token('复核', ['steward']);

const parts = async (batch: string): Promise<number> =>
  (await database.app.query('SELECT 1 FROM batch_part WHERE batch = $1', [batch])).rowCount ?? 0;
const quarantined = async (batch: string): Promise<number> =>
  (await database.app.query('SELECT 1 FROM quarantine WHERE batch = $1', [batch])).rowCount ?? 0;

const isTable = async (batch: string): Promise<boolean> =>
  ((await database.app.query("SELECT 1 FROM pg_class WHERE relname = 'b_' || replace($1, '-', '')", [batch]))
    .rowCount ?? 0) > 0;

async function run(job: string): Promise<void> {
  assert.equal(await runner.run(job), 'ok');
}

test('a batch that was never committed expires after seven days, its bytes go, and the entry says how many', async () => {
  const { bytes } = householdFile(1400, 1);
  const young = await uploaded(client, household, bytes);
  const old = await uploaded(client, household, bytes);
  await database.app.query("UPDATE batch SET opened_at = now() - interval '7 days 1 minute' WHERE id = $1", [
    old,
  ]);
  await run('expireBatches');
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.kind, leaf.operation, leaf.dataset, leaf.provider, leaf.change],
    [
      'retire',
      'expireBatches',
      household,
      'pub-security',
      { batch: old, state: 'expired', bytes: bytes.length },
    ],
  );
  assert.deepEqual([(await stateOf(database, old)).state, await parts(old)], ['expired', 0]);
  assert.deepEqual([(await stateOf(database, young)).state, (await parts(young)) > 0], ['receiving', true]);
  assert.equal(await reported(commit(client, old, bytes, 'household')), 'batch_not_open');
  assert.equal(await reported(commit(client, young, bytes, 'household')), '200');
});

test('raw bytes and quarantined rows go thirty days after their batch was superseded; those of the current one stay', async () => {
  const first = await uploaded(client, household, householdFile(1400, 2).bytes);
  assert.equal(await reported(commit(client, first, householdFile(1400, 2).bytes, 'household')), '200');
  const second = await uploaded(client, household, householdFile(1400, 3).bytes);
  assert.equal(await reported(commit(client, second, householdFile(1400, 3).bytes, 'household')), '200');
  await database.app.query(
    `UPDATE batch SET superseded_at = superseded_at - interval '31 days', finished_at = finished_at - interval '40 days'
      WHERE id IN ($1, $2)`,
    [first, second],
  );
  const rows = await quarantined(first);
  // the mark is not sealed: a superuser who sets it does not retain the bytes
  await database.owner.query('UPDATE batch SET raw_gone_at = now() WHERE id = $1', [first]);
  await run('destroyRaw');
  const leaf = await lastLeaf(database);
  assert.equal(leaf.kind, 'retire');
  assert.deepEqual(leaf.change, {
    batch: first,
    bytes: householdFile(1400, 2).bytes.length,
    quarantined: rows,
  });
  assert.deepEqual([await parts(first), await quarantined(first)], [0, 0]);
  assert.ok((await parts(second)) > 0);
  const again = leaf.id;
  await run('destroyRaw');
  assert.equal((await lastLeaf(database)).id, again, 'nothing is destroyed twice');
});

test('under legal hold nothing of a dataset is destroyed, from the asking on; two persons place it and two lift it', async () => {
  const third = await uploaded(client, household, householdFile(1400, 4).bytes);
  assert.equal(await reported(commit(client, third, householdFile(1400, 4).bytes, 'household')), '200');
  const { rows } = await database.app.query<{ id: string }>(
    "SELECT id FROM batch WHERE state = 'superseded' AND raw_gone_at IS NULL ORDER BY superseded_at DESC LIMIT 1",
  );
  const batch = rows[0]?.id ?? '';
  await database.app.query(
    `UPDATE batch SET superseded_at = superseded_at - interval '31 days', finished_at = finished_at - interval '40 days' WHERE id = $1`,
    [batch],
  );
  const stored = await parts(batch);
  const bad = await quarantined(batch);
  assert.equal(stored > 0 && bad > 0, true);
  const open = await uploaded(client, household, Buffer.alloc(1_000));
  await database.app.query("UPDATE batch SET opened_at = now() - interval '8 days' WHERE id = $1", [open]);
  const requested = {
    on: { dataset: household },
    reason: '诉讼',
    case: 'SS-2026-0007',
    until: new Date(hub.hub.database.now() + 30 * 86_400_000).toISOString(),
  };
  const place = (body: object, by = security) => hub.staff(by, 'POST', '/v1/legal-holds', body);
  const accept = async (proposal: unknown, by: string) => {
    const path = `/v1/proposals/${String(proposal)}`;
    const { digest } = (await hub.staff(by, 'GET', path)).json;
    return hub.staff(by, 'POST', `${path}/acceptance`, { digest });
  };
  const far = new Date(hub.hub.database.now() + 3_660 * 86_400_000).toISOString();
  for (const wrong of [{ until: far }, { until: '2026-01-01T00:00:00Z' }, { case: '990101201911140015' }])
    assert.equal(
      (await place({ ...requested, ...wrong })).json['code'],
      'hold_invalid',
      JSON.stringify(wrong),
    );
  assert.equal(
    (await place({ ...requested, on: { dataset: 'none.none' } })).json['code'],
    'unknown_reference',
    'what is not registered',
  );
  const placed = await place(requested);
  assert.equal(placed.status, 202);
  await run('destroyRaw');
  assert.equal(await parts(batch), stored, 'it holds while it waits for the second person');
  assert.equal((await accept(placed.json['proposal'], security)).json['code'], 'four_eyes');
  assert.equal((await accept(placed.json['proposal'], steward)).status, 201);
  await run('destroyRaw');
  await run('expireBatches');
  assert.deepEqual([await parts(batch), await quarantined(batch), await parts(open)], [stored, bad, 1]);
  assert.equal((await stateOf(database, open)).state, 'receiving', 'nor what was never committed');
  const deletion = { keys: [{ person_id: 'nobody' }], reason: '更正' };
  for (const seed of [6, 7]) {
    const next = await uploaded(client, household, householdFile(1400, seed).bytes);
    assert.equal(await reported(commit(client, next, householdFile(1400, seed).bytes, 'household')), '200');
  }
  assert.equal(await isTable(batch), true, 'the rows of an earlier batch stay too');
  assert.equal(
    await reported(post(client, `/v1/datasets/${household}/deletions`, deletion)),
    'under_legal_hold',
    'nor does its provider delete of it',
  );
  const later = new Date(hub.hub.database.now() + 60 * 86_400_000).toISOString();
  assert.equal((await place({ ...requested, reason: '另案' })).json['code'], 'already_registered');
  const prolonged = await place({ ...requested, until: later });
  assert.equal((await accept(prolonged.json['proposal'], steward)).status, 201);
  const { holds } = (await hub.staff(steward, 'GET', '/v1/legal-holds')).json as {
    holds: readonly { id: string; until: string; on: object }[];
  };
  assert.deepEqual(
    holds.map(({ until, on }) => ({ until, on })),
    [{ until: later, on: { dataset: household } }],
  );
  const lifting = await hub.staff(security, 'POST', `/v1/legal-holds/${holds[0]?.id ?? ''}/lifting`, {
    reason: '结案',
  });
  assert.equal(lifting.status, 202);
  await run('destroyRaw');
  assert.equal(await parts(batch), stored, 'it holds until the second person agrees');
  assert.equal((await accept(lifting.json['proposal'], steward)).status, 201);
  const again = await place({ ...requested, case: 'SS-2026-0008' });
  await run('destroyRaw');
  assert.equal(await parts(batch), stored, 'of another case it was asked for');
  // no approval in thirty days
  for (const sql of [
    "UPDATE proposal SET proposed_at = now() - interval '31 days' WHERE id = $1",
    "UPDATE waiting_hold SET until = now() - interval '1 day' WHERE proposal = $1",
  ])
    await database.owner.query(sql, [again.json['proposal']]);
  await run('destroyRaw');
  await run('expireBatches');
  assert.deepEqual([await parts(batch), await quarantined(batch), await parts(open)], [0, 0, 0]);
  const last = await uploaded(client, household, householdFile(1400, 8).bytes);
  assert.equal(await reported(commit(client, last, householdFile(1400, 8).bytes, 'household')), '200');
  assert.equal(await isTable(batch), false);
  assert.deepEqual((await hub.staff(steward, 'GET', '/v1/legal-holds')).json['holds'], []);
});

test('what grew since it was read remains, and its entry is not written', async () => {
  // a department has so many open and no more: those of other tests go first
  await database.app.query(
    "UPDATE batch SET opened_at = now() - interval '8 days' WHERE state = 'receiving'",
  );
  await run('expireBatches');
  const batch = await uploaded(client, household, Buffer.alloc(1_000));
  const [found] = await expireOpenBatches(database.app, Date.now() + 60_000, 1);
  assert.ok(found);
  assert.equal(found.change['batch'], batch);
  await put(client, batch, 1_000, Buffer.alloc(10));
  const entry = randomUUID();
  await assert.rejects(
    withTransaction(database.app, (transaction) => found.work(transaction, entry)),
    { code: 'retirement_outdated', facts: { batch } },
  );
  assert.deepEqual([(await stateOf(database, batch)).state, await parts(batch)], ['receiving', 2]);
});

test('a batch takes so many bytes and no more; what came before stays', async () => {
  const batch = await uploaded(client, household, Buffer.alloc(150_000));
  assert.equal(await reported(put(client, batch, 150_000, Buffer.alloc(50_001))), 'batch_too_large');
  assert.equal(await reported(put(client, batch, 150_000, Buffer.alloc(50_000))), '200');
});

// the last one: it leaves the department's places taken
test('a department may have so many batches open and no more, however many calls it makes at once; others go on', async () => {
  await database.app.query(
    "UPDATE batch SET opened_at = now() - interval '8 days' WHERE state = 'receiving'",
  );
  await run('expireBatches');
  const begin = (): Promise<string> => reported(post(client, `/v1/datasets/${household}/batches`, {}));
  const codes = await Promise.all(Array.from({ length: 8 }, begin));
  assert.deepEqual(codes.sort(), [
    '201',
    '201',
    '201',
    ...Array.from({ length: 5 }, () => 'too_many_open_batches'),
  ]);
  // as many again, one after the other: none is taken, and another department is served as before
  for (let nth = 0; nth < 20; nth += 1) assert.equal(await begin(), 'too_many_open_batches');
  const air = await uploaded(city.ecology.client, 'ecology.air-quality-hourly', Buffer.alloc(1_000));
  assert.deepEqual([(await stateOf(database, air)).state, await parts(air)], ['receiving', 1]);
});

test('a dataset sets how long its raw bytes are retained, and what it requires of its files, and that is amended: less guarded by the officer’s approval only', async () => {
  const about = `/v1/datasets/${household}`;
  const wang = await hub.token('王五', ['steward'], 'pub-security');
  const guard = await hub.token('防护', ['security'], 'pub-security');
  const stranger = await hub.token('外部', ['steward'], 'education');
  type Shown = Readonly<Record<'digest', string>> & Readonly<Record<string, unknown>>;
  const shown = async () => (await hub.staff(wang, 'GET', about)).json['dataset'] as Shown;
  const amend = async (what: object, by = wang, digest?: string) => {
    const body = { digest: digest ?? (await shown()).digest, reason: '按新规定', ...what };
    return hub.staff(by, 'POST', `${about}/amendment`, body);
  };
  const accept = async (requested: Awaited<ReturnType<typeof amend>>, by: string) => {
    const path = `/v1/proposals/${String(requested.json['proposal'])}`;
    const { digest, body } = (await hub.staff(by, 'GET', path)).json;
    return { ...(await hub.staff(by, 'POST', `${path}/acceptance`, { digest })), read: body as Shown };
  };
  const first = await shown();
  const stored = { retention: { rawDays: 60 } };
  assert.equal((await amend(stored, stranger)).json['code'], 'not_your_department');
  assert.equal((await amend(stored, city.operator)).json['code'], 'scope_missing');
  assert.equal((await amend(stored, wang, 'a'.repeat(64))).json['code'], 'dataset_read_anew');
  assert.equal((await amend({})).status, 400, 'nothing is named');
  const longer = await amend(stored);
  const overtaken = await amend({ retention: { rawDays: 3 } });
  assert.deepEqual([longer.status, overtaken.status, (await shown()).digest], [202, 202, first.digest]);
  assert.equal((await accept(longer, wang)).json['code'], 'four_eyes');
  assert.equal((await accept(longer, steward)).json['code'], 'officer_decides');
  const agreed = await accept(longer, guard);
  assert.deepEqual([agreed.status, agreed.json['changed']], [201, true], JSON.stringify(agreed.json));
  assert.deepEqual([agreed.read['from'], agreed.read['loosens']], [{ retention: {} }, ['rawDays']]);
  const { kind, provider, change } = await lastLeaf(database);
  assert.deepEqual(
    [kind, provider, change?.['before'], change?.['after']],
    ['management', 'pub-security', '{"retention":{}}', '{"retention":{"rawDays":60}}'],
  );
  assert.equal(
    (await accept(overtaken, guard)).json['code'],
    'dataset_read_anew',
    'they had read another version',
  );

  const aged = async (days: number): Promise<void> => {
    await database.app.query(
      `UPDATE batch SET superseded_at = now() - $1 * interval '1 day', finished_at = now() - 90 * interval '1 day'
        WHERE dataset = $2 AND state = 'superseded' AND raw_gone_at IS NULL`,
      [days, household],
    );
  };
  const withBytes = async (): Promise<number> =>
    (
      await database.app.query(
        "SELECT 1 FROM batch WHERE dataset = $1 AND state = 'superseded' AND raw_gone_at IS NULL",
        [household],
      )
    ).rowCount ?? 0;
  const send = async (seed: number): Promise<string> => {
    const { bytes } = householdFile(1400, seed);
    return reported(commit(client, await uploaded(client, household, bytes), bytes, 'household'));
  };
  await database.app.query(
    "UPDATE batch SET opened_at = now() - interval '8 days' WHERE state = 'receiving'",
  );
  await run('expireBatches');
  assert.equal(await send(20), '200');
  const waiting = await withBytes();
  assert.ok(waiting > 0);
  await aged(59);
  await run('destroyRaw');
  assert.equal(await withBytes(), waiting, 'the hub alone would keep them for thirty days');
  await aged(61);
  await run('destroyRaw');
  assert.equal(await withBytes(), 0);

  const strict = { intake: { controlTotals: true } };
  const tightened = await amend(strict);
  assert.deepEqual([tightened.status, tightened.json['amended']], [200, ['intake']]);
  assert.equal(await send(21), 'control_totals_missing', 'from the next file on');
  assert.deepEqual((await amend(strict)).json['changed'], false);
  assert.equal(
    (await amend({ intake: { deleteWhere: { field: 'x', is: ['1'] } } })).json['code'],
    'intake_rule_idle',
  );
  assert.equal(
    (
      await amend({
        intake: { crossRules: [{ field: 'x', is: 'atLeast', fields: ['y'], onBroken: 'warn' }] },
      })
    ).json['code'],
    'cross_rule_unfit',
  );
  const named = await amend({ title: { zh: '户籍', en: 'Households' } });
  assert.deepEqual([named.status, (await shown())['title']], [200, { zh: '户籍', en: 'Households' }]);
  const back = await amend({ intake: {}, retention: {} });
  assert.equal(back.status, 202, 'what lets more through waits, whatever is named beside it');
  const done = await accept(back, guard);
  assert.deepEqual([done.status, done.read['loosens']], [201, ['controlTotals', 'rawDays']]);
  assert.equal((await shown())['retention'], undefined);
  assert.equal(await send(22), '200');
});
