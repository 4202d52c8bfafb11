/** One person's tokens are erased by two persons: entries stay and verify, a stolen row is still found, a restored database forgets again. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { yearsBefore } from '../../log/retention.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { configurationInFolder } from '../../tests/adjacentConfiguration.ts';
import { emptyDatabase } from '../../tests/database.ts';
import { typedDatong } from '../../tests/typedDatong.ts';
import { writeDemoState } from '../../tests/demoState.ts';
import { testHub } from '../../tests/hub.ts';
import { holdPlacedWhile, lockWaits } from '../../tests/lockWaits.ts';
import { lastLeaf, newestLeaves } from '../../tests/flows/leaves.ts';
import { subjectHash } from '../domain/subjectHash.ts';
import { blockNewHolds, holdTargets } from './store/legalHolds.ts';
import { asLogin } from '../platform/database/database.ts';
import { theHub } from './draft.ts';
import { entry } from './entry.ts';
import { erasureFile, followErasures } from './erasureFile.ts';
import { erasuresOf, listErasures } from './store/erasures.ts';
import { subjectToken, tokenYear } from './subjects.ts';
import { cityHub } from '../../tests/cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 8 });
const dataset = 'pub-security.household';
const file = householdFile(1400, 5);
await city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });
const children = file.good.filter(({ guardian, region }) => guardian !== '' && region === '990101');
const personAt = (place: number) => {
  const person = children[place];
  assert.ok(person, 'a child of the district');
  return person;
};
const [erased, other, third] = [personAt(0), personAt(1), personAt(2)];
const security = await hub.token('安全', ['security']);
const steward = await hub.token('数据', ['steward']);
const auditor = await hub.token('审计', ['auditor']);
const educationAuditor = await hub.token('教育审计', ['auditor'], 'education');

const ask = (id: string): Promise<unknown> =>
  city.education.client.query(
    dataset,
    { filter: [{ field: 'person_id', op: 'eq', value: id }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      matter: 'RX-2026-000451',
      onBehalfOf: 'official-0317',
    },
  );

/** What an administrator of the database can do, past every guard. */
const asAdministrator = (sql: string, values: readonly unknown[] = []): Promise<unknown> =>
  asLogin(database.address, async (login) => {
    await login.query("SET session_replication_role = 'replica'");
    return login.query(sql, [...values]);
  });

const search = async (token: string, value: string) =>
  (
    await hub.staff(token, 'POST', '/v1/log/searches', {
      subject: { dataset, value, reason: 'a complaint', case: 'XF-2026-0001' },
    })
  ).json as { entries: readonly { index: number }[]; erasedBefore?: string };
const found = async (value: string) => (await search(auditor, value)).entries.map(({ index }) => index);

async function findings(): Promise<unknown> {
  assert.equal(await hub.hub.runner.run('reverifyLog'), 'ok');
  const { json } = await hub.staff(auditor, 'GET', '/v1/log/findings');
  return json['findings'];
}

const moment = (ahead = 0): string => new Date(hub.hub.database.now() + ahead).toISOString();
const requested = (value: string) => ({
  subject: { dataset, value },
  before: moment(),
  reason: '当事人请求',
  case: 'XH-2026-0001',
  decision: '（2026）云0101行初12号',
});
const propose = (body: object, path = '/v1/erasures') => hub.staff(security, 'POST', path, body);

async function accept(proposal: unknown, by = steward): Promise<{ status: number; code: unknown }> {
  const path = `/v1/proposals/${String(proposal)}`;
  const { digest } = (await hub.staff(by, 'GET', path)).json;
  const { status, json } = await hub.staff(by, 'POST', `${path}/acceptance`, { digest });
  return { status, code: json['code'] };
}

async function rowAt(index: number): Promise<{ salt: Buffer; tokens: Buffer[] } | undefined> {
  const { rows } = await database.app.query<{ salt: Buffer; tokens: Buffer[] }>(
    'SELECT salt, tokens FROM audit_subject WHERE idx = $1',
    [index],
  );
  return rows[0];
}

async function logSize(): Promise<number> {
  const { rows } = await database.app.query<{ size: string }>('SELECT size FROM audit_head');
  return Number(rows[0]?.size);
}

test('an invalid erasure is refused', async () => {
  await ask(erased.id);
  const { decision: _, ...without } = requested(erased.id);
  const cases: readonly [object, string][] = [
    [without, 'erasure_invalid'],
    [{ ...requested(erased.id), before: moment(60_000) }, 'erasure_invalid'],
    [{ ...requested(erased.id), before: '2020-01-01T00:00:00Z' }, 'erasure_invalid'],
    [{ ...requested(erased.id), case: erased.id }, 'erasure_invalid'],
    [{ ...requested(erased.id), subject: { dataset: 'none.none', value: erased.id } }, 'unknown_reference'],
  ];
  for (const [body, code] of cases)
    assert.equal((await propose(body)).json['code'], code, JSON.stringify(body));
  // a decision is asked for of what is younger than three years, and of nothing else
  const day = 86_400_000;
  const refusalBefore = async (years: number, days: number): Promise<unknown> => {
    const before = yearsBefore(hub.hub.database.now(), years) + days * day;
    const body = { ...without, before: new Date(before).toISOString() };
    return ((await propose(body)).json['detail'] as { en: string }).en;
  };
  assert.match(String(await refusalBefore(-1, 0)), /its moment has to be in the past/);
  assert.match(String(await refusalBefore(3, 1)), /younger than 3 years are erased only by a decision/);
  assert.match(String(await refusalBefore(3, -1)), /no entry before that moment concerns/);
});

test('two persons erase: a search finds nothing and reports so to those who may know; the log verifies, a row stolen in addition is found', async () => {
  await ask(other.id);
  const [subjectFound, othersFound] = [await found(erased.id), await found(other.id)];
  const first = subjectFound[0] ?? -1;
  // an entry about both, as an answer with several rows has it
  const [one, two] = [await rowAt(first), await rowAt(othersFound[0] ?? -1)];
  assert.equal(one?.tokens.length === 1 && two?.tokens.length === 1, true);
  // what these entries commit to apart, as answers under consent have it
  for (const index of [first, othersFound[0] ?? -1])
    await asAdministrator(
      'INSERT INTO audit_private (exchange, salt, value) SELECT id, \'\\x00\', \'{"consents": ["c-1"]}\' FROM audit_entry WHERE idx = $1',
      [index],
    );
  const apart = async (): Promise<readonly number[]> => {
    const { rows } = await database.app.query<{ idx: string }>(
      'SELECT e.idx FROM audit_private AS p JOIN audit_entry AS e ON e.id = p.exchange ORDER BY e.idx',
    );
    return rows.map(({ idx }) => Number(idx));
  };
  assert.deepEqual(await apart(), [first, othersFound[0]]);
  const proposed = await propose(requested(erased.id));
  assert.equal(proposed.status, 202);
  const stored = await database.app.query<{ body: string }>(
    'SELECT body FROM proposal ORDER BY proposed_at DESC',
  );
  assert.equal(JSON.stringify(stored.rows).includes(erased.id), false, 'their identifier is stored nowhere');
  assert.deepEqual(await found(erased.id), subjectFound, 'nothing goes before the second person agrees');
  assert.equal((await accept(proposed.json['proposal'], security)).code, 'four_eyes');
  assert.deepEqual(await accept(proposed.json['proposal']), { status: 201, code: undefined });
  // as soon as it is answered, and not at some time after
  const reported = await readFile(erasureFile(hub.stateDir), 'utf8');
  const { id: exchange, change: { kind, entries } = {} } = await lastLeaf(database);
  assert.deepEqual([kind, entries, reported.includes(exchange)], ['Erasure', subjectFound.length, true]);
  assert.deepEqual(await apart(), [othersFound[0]], 'that person only');
  const after = await search(auditor, erased.id);
  assert.deepEqual(after.entries, []);
  assert.equal(typeof after.erasedBefore, 'string');
  const department = await search(educationAuditor, erased.id);
  assert.deepEqual([department.entries, department.erasedBefore], [[], undefined]);
  const bystander = await search(auditor, other.id);
  assert.equal(bystander.erasedBefore, undefined);
  assert.deepEqual(await findings(), []);
  const read = await hub.staff(auditor, 'GET', `/v1/log/entries?from=${first}&limit=1`);
  assert.equal(JSON.stringify(read.json).includes('altered'), false, 'an erased row is no altered one');
  await asAdministrator('DELETE FROM audit_subject WHERE idx = $1', [othersFound[0]]);
  assert.match(JSON.stringify(await findings()), /subjects_missing/);
  // an administrator who calls the theft an erasure has no entry that says so
  await asAdministrator(
    `INSERT INTO erased_subject (idx, erasure, hash, gone, count)
     SELECT $1, id, '\\x00', '{0}', 0 FROM subject_erasure LIMIT 1`,
    [othersFound[0]],
  );
  assert.match(JSON.stringify(await findings()), /subjects_missing/);
  await asAdministrator('DELETE FROM erased_subject WHERE idx = $1', [othersFound[0]]);
  await asAdministrator('INSERT INTO audit_subject (idx, salt, tokens) VALUES ($1, $2, $3)', [
    ...[othersFound[0], two?.salt, two?.tokens],
  ]);
  assert.deepEqual(await findings(), []);
  // the person's row put back from a copy
  await asAdministrator('INSERT INTO audit_subject (idx, salt, tokens) VALUES ($1, $2, $3)', [
    ...[first, one?.salt, one?.tokens],
  ]);
  assert.match(JSON.stringify(await findings()), /subjects_altered/);
  await asAdministrator('DELETE FROM audit_subject WHERE idx = $1', [first]);
  assert.deepEqual(await findings(), []);
});

test('an erasure names the years whose key this process lacks: their entries keep the person', async () => {
  const [child] = [personAt(3)];
  await ask(child.id);
  const shift = (sign: '-' | '+') =>
    asAdministrator(`UPDATE audit_entry SET at = at ${sign} interval '1 year' WHERE idx = 0`);
  await shift('-');
  const lost = String(tokenYear(hub.hub.database.now()) - 1);
  const proposed = await propose(requested(child.id));
  assert.deepEqual(await accept(proposed.json['proposal']), { status: 201, code: undefined });
  const { change } = await lastLeaf(database);
  assert.deepEqual([change?.['kind'], change?.['unsearchableYears']], ['Erasure', lost]);
  const { json } = await propose(requested(child.id));
  assert.match(JSON.stringify(json), new RegExp(`they were not searched: ${lost}`));
  await shift('+');
});

test('in an entry about several persons only the erased person’s part goes, under a new salt', async () => {
  const now = hub.hub.database.now();
  const tokens = [erased.id, other.id].map((id) =>
    subjectToken(
      hub.hub.keys.logToken(tokenYear(now)),
      Buffer.from(subjectHash(hub.hub.keys.subject, 'person', id), 'hex'),
    ),
  );
  await hub.hub.audit.append(
    entry({
      exchange: uuid7(now),
      now,
      operation: 'batchQuery',
      kind: 'release',
      actor: theHub,
      subjects: tokens,
      carried: undefined,
    }),
  );
  const { rows } = await database.app.query<{ idx: string; salt: Buffer; tokens: Buffer[] }>(
    'SELECT idx, salt, tokens FROM audit_subject WHERE cardinality(tokens) > 1 ORDER BY idx DESC LIMIT 1',
  );
  const [shared] = rows;
  assert.ok(shared, 'an entry about several');
  const proposed = await propose(requested(erased.id));
  assert.deepEqual(await accept(proposed.json['proposal']), { status: 201, code: undefined });
  const left = await rowAt(Number(shared.idx));
  assert.equal(left?.tokens.length, shared.tokens.length - 1);
  assert.notDeepEqual(left.salt, shared.salt);
  assert.deepEqual(await findings(), []);
});

test('erasures are in the order of their entries: a call that was decided again has an older id', async () => {
  const [earlier, later, withoutEntry] = [uuid7(3), uuid7(1), uuid7(2)];
  const { rows } = await database.app.query<{ id: string }>(
    'SELECT id FROM audit_entry ORDER BY idx LIMIT 2',
  );
  const transaction = await database.app.connect();
  try {
    await transaction.query('BEGIN');
    for (const [id, exchange] of [
      [later, rows[1]?.id],
      [withoutEntry, uuid7(0)],
      [earlier, rows[0]?.id],
    ]) {
      await transaction.query(
        `INSERT INTO subject_erasure (id, exchange, subject, before) VALUES ($1, $2, '\\x00', now())`,
        [id, exchange],
      );
      await transaction.query(
        `INSERT INTO erased_subject (idx, erasure, hash, gone, count) VALUES (0, $1, '\\x00', '{0}', 0)`,
        [id],
      );
    }
    const wanted = [earlier, later, withoutEntry];
    for (const all of [await listErasures(transaction), await erasuresOf(transaction, { from: 0, to: 1 })])
      assert.deepEqual(
        all.map(({ id }) => id).filter((id) => wanted.includes(id)),
        wanted,
      );
  } finally {
    await transaction.query('ROLLBACK');
    transaction.release();
  }
});

test('under legal hold no one is erased: not the person, not the entries, not what an agreement gave', async () => {
  await ask(erased.id);
  const last = (await logSize()) - 1;
  const items = [
    { subject: { dataset, value: erased.id } },
    { entries: { first: 0, last } },
    { agreement: 'agr-school-enrolment' },
    { dataset },
  ];
  for (const on of items) {
    const held = { on, reason: '诉讼', case: 'SS-2026-0007', until: moment(86_400_000) };
    const placed = await propose(held, '/v1/legal-holds');
    assert.equal(placed.status, 202, JSON.stringify(placed.json));
    assert.equal((await propose(requested(erased.id))).json['code'], 'under_legal_hold', JSON.stringify(on));
    const shown = await hub.staff(steward, 'GET', `/v1/proposals/${String(placed.json['proposal'])}`);
    assert.equal(placed.json['digest'], shown.json['digest'], 'the digest that acceptance takes');
    const again = await propose(held, '/v1/legal-holds');
    assert.deepEqual([again.json['changed'], again.json['digest']], [false, shown.json['digest']]);
    assert.equal((await accept(placed.json['proposal'])).status, 201);
    assert.equal((await propose(requested(erased.id))).json['code'], 'under_legal_hold', JSON.stringify(on));
    const listed = (await hub.staff(auditor, 'GET', '/v1/legal-holds')).json;
    assert.equal(JSON.stringify(listed).includes(erased.id), false);
    const [hold] = listed['holds'] as readonly { id: string }[];
    const lifting = await propose({ reason: '结案' }, `/v1/legal-holds/${hold?.id ?? ''}/lifting`);
    assert.equal((await accept(lifting.json['proposal'])).status, 201);
  }
  const wrong = {
    on: { entries: { first: 2, last: 1 } },
    reason: '诉讼',
    case: 'a',
    until: moment(86_400_000),
  };
  assert.equal((await propose(wrong, '/v1/legal-holds')).json['code'], 'hold_invalid');
  // asked for while nothing was held, accepted when it is
  const erasure = await propose(requested(erased.id));
  const hold = { on: items[0], reason: '诉讼', case: 'SS-2026-0008', until: moment(86_400_000) };
  const placed = await propose(hold, '/v1/legal-holds');
  assert.equal((await accept(erasure.json['proposal'])).code, 'under_legal_hold');
  assert.equal(
    (
      await hub.staff(steward, 'POST', `/v1/proposals/${String(placed.json['proposal'])}/refusal`, {
        reason: '不成立',
      })
    ).status,
    200,
  );
  assert.equal((await accept(erasure.json['proposal'])).status, 201);
});

test('a hold waits for an erasure that began before, and an erasure sees the hold that it waited for', async () => {
  const person = personAt(3);
  await ask(person.id);
  const on = { subject: { dataset, value: person.id } };
  const held = { on, reason: '诉讼', case: 'SS-2026-0013', until: moment(86_400_000) };
  const other = await database.app.connect();
  try {
    await other.query('BEGIN');
    await blockNewHolds(other);
    const placing = propose(held, '/v1/legal-holds');
    await lockWaits(database);
    assert.deepEqual(await holdTargets(database.app), [], 'it does not stand yet');
    await other.query('ROLLBACK');
    const placed = await placing;
    assert.equal(placed.status, 202, JSON.stringify(placed.json));
    const [hold] = await holdTargets(database.app);
    assert.ok(hold?.kind === 'subject');
    await hub.staff(steward, 'POST', `/v1/proposals/${String(placed.json['proposal'])}/refusal`, {
      reason: '不成立',
    });

    const erasure = await propose(requested(person.id));
    let refused: unknown;
    await holdPlacedWhile(
      database,
      hold,
      async () => (refused = (await accept(erasure.json['proposal'])).code),
    );
    assert.equal(refused, 'under_legal_hold');
    assert.equal((await accept(erasure.json['proposal'])).status, 201);
  } finally {
    other.release();
  }
});

test('as they are typed: a hold is placed, listed and lifted, a person erased, a term set and entries let go, each by two persons', async () => {
  const home = await mkdtemp(join(tmpdir(), 'datong-erase-'));
  after(() => rm(home, { recursive: true, force: true }));
  const state = join(home, 'demo.json');
  const at = { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } };
  writeDemoState(state, at, { security, steward, auditor });
  const file = join(home, 'person.txt');
  await writeFile(file, `${third.id}\n`);
  await ask(third.id);
  const datong = async (...words: string[]): Promise<string> => {
    const ran = await typedDatong(words, { cwd: home, env: { DATONG_STATE: state, LANG: 'en_US.UTF-8' } });
    assert.equal(ran.code, 0, `${words.join(' ')}: ${ran.stdout}${ran.stderr}`);
    return ran.stdout.trim();
  };
  const by = async (second: string, ...words: string[]): Promise<void> => {
    const proposal = await datong('audit', ...words, '--reason', 'as decided');
    assert.deepEqual(await accept(proposal, second), { status: 201, code: undefined }, words[0]);
  };
  const of = ['--case', 'SS-2026-0009', '--as', 'security'];
  await by(steward, 'hold', '--dataset', dataset, '--until', moment(86_400_000), ...of);
  const held = await datong('audit', 'holds', '--as', 'auditor');
  assert.match(held, /^hold-[0-9a-f]{16} +dataset pub-security\.household .*SS-2026-0009 +as decided$/);
  await by(steward, 'lift', held.split(' ')[0] ?? '', '--as', 'security');
  assert.ok((await found(third.id)).length > 0);
  const decision = ['--decision', '（2026）云0101行初12号'];
  await by(
    steward,
    ...['erase', '--subject', file, '--dataset', dataset, '--before', moment(), ...decision, ...of],
  );
  assert.deepEqual(await found(third.id), []);
  const term = ['--class', 'exchange', '--dataset', dataset, '--years', '10'];
  await by(security, 'retention', ...term, '--as', 'steward');
  const past = ['--before', '2021-01-01T00:00:00+08:00', '--case', 'XH-2026-0002'];
  await by(security, 'destroy', ...past, '--as', 'steward');
  const shown = await datong('audit', 'retention', '--as', 'auditor');
  assert.match(shown, /^exchange +pub-security\.household +10 +as decided$/m);
  const { json } = await hub.staff(auditor, 'GET', '/v1/log/retention');
  assert.equal(json['before'], '2020-12-31T16:00:00.000Z');
});

test('a restored older database is made to forget again before it serves, by entries of its own; a forged file does nothing', async () => {
  const { keys } = hub.hub;
  const services = {
    database,
    audit: hub.hub.audit,
    key: keys.headMac,
    stateDir: hub.stateDir,
    onError: (error: unknown) => assert.fail(String(error)),
  };
  const following = await followErasures(services);
  await following.close();
  const size = await logSize();
  await (await followErasures(services)).close();
  assert.equal(await logSize(), size, 'what the database knows is not done again');
  // as the archive of an hour ago would have it: the rows there, nothing known of an erasure
  await asAdministrator('DELETE FROM audit_subject');
  const { rows } = await database.app.query<{ idx: string; gone: number[] }>(
    'SELECT idx, gone FROM erased_subject WHERE count = 0 ORDER BY idx',
  );
  for (const { idx } of rows)
    await asAdministrator('INSERT INTO audit_subject (idx, salt, tokens) VALUES ($1, $2, $3)', [
      ...[idx, Buffer.alloc(16), [Buffer.alloc(16, 1)]],
    ]);
  await asAdministrator('DELETE FROM erased_subject');
  await asAdministrator('DELETE FROM subject_erasure');
  await (await followErasures(services)).close();
  for (const { idx } of rows) assert.equal(await rowAt(Number(idx)), undefined, idx);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.operation, leaf.change?.['kind']], ['replayErasure', 'Erasure']);
  assert.equal((await search(auditor, erased.id)).erasedBefore === undefined, false);
  const text = await readFile(erasureFile(hub.stateDir), 'utf8');
  assert.equal(text.includes(erased.id), false);
  await writeFile(
    erasureFile(hub.stateDir),
    text.replace(/"mac":"./, (mac) => mac.slice(0, -1) + (mac.endsWith('A') ? 'B' : 'A')),
  );
  await assert.rejects(followErasures(services), { code: 'log_inconsistent' });
  await writeFile(erasureFile(hub.stateDir), text);
});

test('an archive from before an erasure, restored by its verb, has forgotten again when the hub serves', async () => {
  await ask(third.id);
  const indexes = await found(third.id);
  assert.ok(indexes.length > 0, 'the person is in the log');
  const home = await mkdtemp(join(tmpdir(), 'datong-erasure-'));
  after(() => rm(home, { recursive: true, force: true }));
  const restored = await emptyDatabase();
  const { keysDir } = hub.hub.config;
  const before = await configurationInFolder(hub, database.address, home);
  const archive = join(home, 'day.dtb');
  const saved = await typedDatong(['backup', '--out', archive, '--config', before]);
  assert.equal(saved.code, 0, saved.stderr);
  const proposed = await propose(requested(third.id));
  assert.deepEqual(await accept(proposed.json['proposal']), { status: 201, code: undefined });
  // written at the stop, if not before
  await hub.hub.stop();
  const config = await configurationInFolder(hub, restored.address, home);
  const ran = await typedDatong(['restore', archive, '--accept-older', '--config', config]);
  assert.equal(ran.code, 0, ran.stderr);
  const left = async (): Promise<number> =>
    (await restored.app.query('SELECT 1 FROM audit_subject WHERE idx = ANY ($1)', [indexes])).rows.length;
  assert.equal(await left(), indexes.length, 'the archive has their tokens');
  const again = await testHub({
    database: restored,
    keysDir,
    jobsByTime: false,
    config: { stateDir: hub.stateDir },
  });
  after(() => again.stop());
  assert.equal(await left(), 0);
  const { json } = await again.staff(auditor, 'POST', '/v1/log/searches', {
    subject: { dataset, value: third.id, reason: 'a complaint', case: 'XF-2026-0001' },
  });
  assert.deepEqual([json['entries'], typeof json['erasedBefore']], [[], 'string']);
  const reported = (await newestLeaves(restored, 40)).filter(
    ({ operation }) => operation === 'replayErasure',
  );
  assert.ok(reported.length > 0, 'by an entry');
});
