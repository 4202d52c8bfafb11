/** Expired entries are destroyed by two persons, unit by unit: the rest verifies, and stolen entries are distinguished from destroyed ones. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { verifyLog } from '../../../clients/cli/audit/verifyLog.ts';
import { DatongProblem } from '../../../clients/sdk/datongProblem.ts';
import { openCheckpoint } from '../../../log/checkpoint.ts';
import { parseVkey } from '../../../log/note/noteKey.ts';
import type { PackFile } from '../../../log/pack/pack.ts';
import { verifyPack } from '../../../log/pack/verifyPack.ts';
import { isConsistent } from '../../../log/tree/verifyProof.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { configurationInFolder } from '../../../tests/adjacentConfiguration.ts';
import { answerFault } from '../../../tests/contractAnswers.ts';
import { testDatabase } from '../../../tests/database.ts';
import { runDatong } from '../../../tests/datong.ts';
import {
  evidenceOverDestroyed,
  mirrorInto,
  mirrorsPastDestroyed,
  placesIn,
  putBackDestroyed,
  restoredWithout,
} from '../../../tests/destroyedEntries.ts';
import { writeDemoState } from '../../../tests/demoState.ts';
import { sampleCity, testHub, type Machine, type TestHub } from '../../../tests/hub.ts';
import { holdPlacedWhile } from '../../../tests/lockWaits.ts';
import { withOldEntries } from '../../../tests/oldEntries.ts';
import { lastLeaf, newestLeaves } from '../../../tests/flows/leaves.ts';
import { destroyUnit } from '../store/retention.ts';
import { asLogin } from '../../platform/database/database.ts';
import { withTransaction } from '../../platform/database/transaction.ts';
import { consistency } from '../evidence/consistency.ts';
import { readSealed, writeSealed } from '../sealedFile.ts';
import { destructionFile, followDestructions } from './destructionFile.ts';
import type { StoredDestruction } from './replayDestruction.ts';
import { defined } from '../../../terms/defined.ts';

const database = await testDatabase({ connections: 8 });
const year = 365.25 * 86_400_000;
const unit = 1_024;
const dataset = 'pub-security.household';
let hub: TestHub;
/** scratch, with an archive from before anything was ordered or destroyed */
let home: string;
let city: Awaited<ReturnType<typeof sampleCity>>;
let security: string;
let steward: string;
let auditor: string;
/** exchange ids of the old entries, by index */
const old = new Map<number, string>();

const asAdministrator = (sql: string, values: readonly unknown[] = []): Promise<unknown> =>
  asLogin(database.address, async (login) => {
    await login.query("SET session_replication_role = 'replica'");
    return login.query(sql, [...values]);
  });

const run = async (...names: readonly string[]): Promise<void> => {
  for (const name of names) assert.equal(await hub.hub.runner.run(name), 'ok', name);
};

const propose = (path: string, body: object) => hub.staff(security, 'POST', path, body);

async function accept(proposal: unknown, by = steward): Promise<{ status: number; code: unknown }> {
  const path = `/v1/proposals/${String(proposal)}`;
  const { digest } = (await hub.staff(by, 'GET', path)).json;
  const { status, json } = await hub.staff(by, 'POST', `${path}/acceptance`, { digest });
  return { status, code: json['code'] };
}

async function decided(path: string, body: object): Promise<void> {
  const proposed = await propose(path, body);
  assert.equal(proposed.status, 202, JSON.stringify(proposed.json));
  assert.deepEqual(await accept(proposed.json['proposal']), { status: 201, code: undefined });
}

const rule = (years: number | undefined, more: object = {}) => ({
  class: 'exchange',
  reason: '档案保管期限表',
  ...more,
  ...defined({ years }),
});
const order = (ago = 3.5) => ({
  before: new Date(hub.hub.database.now() - ago * year).toISOString(),
  reason: '保存期满',
  case: 'XH-2026-0001',
});

async function countIn(first: number): Promise<number> {
  const { rows } = await database.app.query<{ count: string }>(
    'SELECT count(*) FROM audit_entry WHERE idx >= $1 AND idx < $2',
    [first, first + unit],
  );
  return Number(rows[0]?.count);
}

async function codes(): Promise<readonly string[]> {
  await run('reverifyLog');
  const { json } = await hub.staff(auditor, 'GET', '/v1/log/findings?limit=200');
  return [...new Set((json['findings'] as readonly { code: string }[]).map(({ code }) => code))].sort();
}

const stayingIn = () => placesIn(database.app, unit);

const requested = async (method: string, path: string) => (await hub.staff(auditor, method, path)).json;

const size = async (): Promise<number> =>
  Number((await database.app.query<{ size: string }>('SELECT size FROM audit_head')).rows[0]?.size);

before(async () => {
  hub = await testHub({ database, jobsByTime: false });
  city = await sampleCity(hub);
  [security, steward, auditor] = await Promise.all([
    hub.token('安全', ['security']),
    hub.token('数据', ['steward']),
    hub.token('审计', ['auditor']),
  ]);
  // the first unit holds what was done just now; the second is old throughout
  for (const [index, id] of await withOldEntries(hub, 2 * unit + 10)) old.set(index, id);
  await run('deriveTiles', 'readEntries', 'reverifyLog');
  home = await mkdtemp(join(tmpdir(), 'datong-retention-'));
  await mirrorInto(hub, join(home, 'followed'));
  const saved = await runDatong([
    ...[
      'backup',
      '--to',
      join(home, 'old.dtb'),
      '--config',
      await configurationInFolder(hub, database.address, home),
    ],
  ]);
  assert.equal(saved.code, 0, saved.stderr);
});
after(async () => {
  await hub.stop();
  await rm(home, { recursive: true, force: true });
});

test('what is not in order is refused, and no rule goes below the term of the law', async () => {
  const cases: readonly [string, object, string][] = [
    ['/v1/log/retention', rule(2), 'retention_invalid'],
    ['/v1/log/retention', rule(5, { reason: '事由 11010119900307889X' }), 'reason_identifies'],
    ['/v1/log/retention', rule(5, { dataset: 'none.none' }), 'unknown_reference'],
    ['/v1/log/retention', rule(5, { class: 'authority' }), 'invalid_request'],
    ['/v1/log/destructions', order(2.9), 'retention_invalid'],
    ['/v1/log/destructions', { ...order(), case: '11010119900307889X' }, 'retention_invalid'],
    // nothing has a term yet
    ['/v1/log/destructions', order(), 'retention_invalid'],
  ];
  for (const [path, body, code] of cases)
    assert.equal((await propose(path, body)).json['code'], code, JSON.stringify(body));
  await assert.rejects(
    database.owner.query(
      `INSERT INTO retention_rule VALUES ('exchange', 'exchange', NULL, 2, '', '', 'a', 'b', gen_random_uuid())`,
    ),
    /years_check/,
  );
  // the database itself lets nothing go that no destruction lists, nor what is younger than the term of the law
  await assert.rejects(
    database.owner.query('DELETE FROM audit_entry WHERE idx = $1', [unit + 1]),
    /before their time is over/,
  );
  await assert.rejects(
    withTransaction(database.app, async (transaction) => {
      const id = uuid7(hub.hub.database.now());
      await destroyUnit(transaction, { id, exchange: id, first: 0, stays: [], order: id }, [], []);
    }),
    /younger than 3 years/,
  );
});

test('one person alone destroys nothing, nor does a rule that is longer than the entries are old', async () => {
  await decided('/v1/log/retention', rule(10));
  assert.equal((await propose('/v1/log/retention', rule(10))).status, 200, 'it stands already');
  const proposed = await propose('/v1/log/destructions', order());
  assert.equal(proposed.status, 202, JSON.stringify(proposed.json));
  assert.equal((await accept(proposed.json['proposal'], security)).code, 'four_eyes');
  await run('destroyEntries');
  assert.equal(await countIn(unit), unit);
  assert.equal((await accept(proposed.json['proposal'])).status, 201);
  await run('destroyEntries');
  assert.equal(await countIn(unit), unit, 'ten years are not over');
  // one dataset longer than the others: a unit that has an entry about it waits as a whole
  await decided('/v1/log/retention', rule(3));
  await decided('/v1/log/retention', rule(20, { dataset }));
  await run('destroyEntries');
  assert.equal(await countIn(unit), unit);
  const { json } = await hub.staff(auditor, 'GET', '/v1/log/retention');
  const [stored] = (
    json['rules'] as readonly { dataset?: string; authorName?: string; approverName?: string }[]
  ).filter((one) => one.dataset === dataset);
  assert.deepEqual([stored?.authorName, stored?.approverName], ['安全', '数据']);
});

test('who edits the table of rules, or puts an older or no row there, destroys nothing', async () => {
  const edits: readonly (readonly [string, string])[] = [
    [
      `UPDATE retention_rule SET years = 3 WHERE id = 'exchange@${dataset}'`,
      `UPDATE retention_rule SET years = 20 WHERE id = 'exchange@${dataset}'`,
    ],
    [
      `CREATE TABLE away AS SELECT * FROM retention_rule WHERE id = 'exchange@${dataset}'; DELETE FROM retention_rule WHERE id = 'exchange@${dataset}'`,
      'INSERT INTO retention_rule SELECT * FROM away; DROP TABLE away',
    ],
  ];
  for (const [edit, mend] of edits) {
    await asAdministrator(edit);
    await run('destroyEntries');
    assert.equal(await countIn(unit), unit, edit);
    const shown = (await hub.staff(auditor, 'GET', '/v1/log/retention')).json;
    const rules = shown['rules'] as readonly { dataset?: string; years?: number; doubted?: boolean }[];
    assert.deepEqual(
      rules.flatMap(({ dataset: of, years, doubted }) => (of === undefined ? [] : [[years, doubted]])),
      [[undefined, true]],
    );
    assert.equal((await propose('/v1/log/destructions', order())).json['code'], 'retention_invalid');
    await asAdministrator(mend);
  }
  // an order without approvals, by an administrator
  await decided('/v1/log/retention', rule(3, { dataset }));
  await asAdministrator(
    'CREATE TABLE given AS SELECT * FROM destruction_order; DELETE FROM destruction_order',
  );
  await asAdministrator(
    `INSERT INTO destruction_order VALUES (gen_random_uuid(), now() - interval '3 years', 'a', 'b')`,
  );
  await run('destroyEntries');
  assert.equal(await countIn(unit), unit);
  await asAdministrator(
    'DELETE FROM destruction_order; INSERT INTO destruction_order SELECT * FROM given; DROP TABLE given',
  );
});

test('under legal hold the unit stays, for an entry, a dataset, an agreement or a person, and goes when the hold is lifted', async () => {
  const until = new Date(hub.hub.database.now() + 86_400_000).toISOString();
  const items = [
    { entries: { first: unit + 5, last: 2 * unit } },
    { dataset },
    { agreement: 'agr-school-enrolment' },
    { subject: { dataset, value: 'nobody' } },
  ];
  for (const on of items) {
    const placed = await propose('/v1/legal-holds', { on, reason: '诉讼', case: 'SS-2026-0007', until });
    assert.equal(placed.status, 202, JSON.stringify(placed.json));
    await run('destroyEntries');
    assert.equal(await countIn(unit), unit, `asked for: ${JSON.stringify(on)}`);
    assert.equal((await accept(placed.json['proposal'])).status, 201);
    await run('destroyEntries');
    assert.equal(await countIn(unit), unit, JSON.stringify(on));
    const { holds } = (await hub.staff(auditor, 'GET', '/v1/legal-holds')).json;
    const [hold] = holds as readonly { id: string }[];
    await decided(`/v1/legal-holds/${hold?.id ?? ''}/lifting`, { reason: '结案' });
  }
  await holdPlacedWhile(database, { kind: 'dataset', target: dataset }, () => run('destroyEntries'));
  assert.equal(await countIn(unit), unit);
});

test('what was altered is evidence and is not destroyed', async () => {
  const before = await database.app.query<{ consumer: string }>(
    'SELECT consumer FROM audit_entry WHERE idx = $1',
    [unit + 11],
  );
  await asAdministrator('UPDATE audit_entry SET consumer = $2 WHERE idx = $1', [unit + 11, 'somebody']);
  await run('destroyEntries');
  assert.equal(await countIn(unit), unit);
  await asAdministrator('UPDATE audit_entry SET consumer = $2 WHERE idx = $1', [
    unit + 11,
    before.rows[0]?.consumer,
  ]);
});

test('what is over goes to a file and then from the log, with an entry; acts stay, and so does every proof', async (t) => {
  const head = hub.hub.audit.checkpoint();
  await run('destroyEntries');
  const stays = [...old].filter(([index]) => index >= unit && index < 2 * unit);
  assert.equal(stays.length, unit);
  const left = await countIn(unit);
  assert.ok(left > 5 && left < 20, String(left));
  const leaf = await lastLeaf(database);
  const { first, last, entries, sha256 } = leaf.change ?? {};
  assert.deepEqual(
    [leaf.kind, leaf.operation, first, last, entries],
    ['retire', 'destroyEntries', unit, 2 * unit - 1, unit - left],
  );
  // repeated outside the database when the job has done it, not only by time
  const sealed = {
    path: destructionFile(hub.stateDir),
    name: 'destructions',
    key: hub.hub.keys.headMac,
  } as const;
  const repeated = (await readSealed(sealed)) as readonly StoredDestruction[];
  assert.deepEqual(
    repeated.map((one) => [one.first, one.exchange]),
    [[unit, leaf.id]],
  );
  const file = join(hub.stateDir, 'archive', `entries-${unit}-${2 * unit - 1}.json`);
  const text = readFileSync(file, 'utf8');
  assert.equal(createHash('sha256').update(text).digest('hex'), sha256);
  const key = parseVkey(hub.hub.keys.log.vkey);
  const taken = verifyPack(text, { keys: [key] });
  assert.deepEqual([taken.findings, taken.entries.length], [[], unit]);
  // rows next to them, and the search index
  const { rows } = await database.app.query('SELECT 1 FROM audit_subject WHERE idx >= $1 AND idx < $2', [
    unit,
    2 * unit,
  ]);
  assert.deepEqual(rows, []);
  const counted = await hub.staff(auditor, 'POST', '/v1/log/searches', {
    operation: 'resumeAgreement',
    limit: 1000,
  });
  const found = (counted.json['entries'] as readonly { index: number }[]).map(({ index }) => index);
  assert.equal(found.filter((index) => index >= unit && index < 2 * unit).length, left);
  // an unfiltered search reads what remains of the unit, and misses none
  const query = t.mock.method(pg.Client.prototype, 'query');
  const page = await hub.staff(auditor, 'POST', '/v1/log/searches', { before: 2 * unit, limit: 100 });
  const read = query.mock.calls.flatMap(({ arguments: [statement, values] }) => {
    const { text, values: own } = (typeof statement === 'string'
      ? { text: statement, values }
      : statement) as unknown as { readonly text?: string; readonly values?: readonly unknown[] };
    return text?.includes('FROM audit_entry WHERE idx = ANY') === true ? (own?.[0] as readonly number[]) : [];
  });
  query.mock.restore();
  assert.equal(page.json['missing'], undefined);
  assert.equal(read.filter((index) => index >= unit).length, left);
  assert.ok(read.length >= 100 && read.length < 300, String(read.length));
  assert.deepEqual(await codes(), []);
  // entries on either side, those that stay and the destruction's own: each proof leads to the signed root, and on from older ones
  const pack = (
    await hub.staff(auditor, 'POST', '/v1/log/packs', {
      from: unit - 3,
      to: 2 * unit + 2,
      history: [unit + 400],
    })
  ).json;
  const check = verifyPack(pack, { keys: [key], checkpoints: [{ name: 'kept', text: head }] });
  assert.deepEqual(
    check.findings.filter(({ code }) => code !== 'kept_unproven'),
    [],
  );
  const older = openCheckpoint(head, [key]);
  const {
    size: newer,
    checkpoint,
    proofs,
  } = await consistency(
    { database, audit: hub.hub.audit, keys: hub.hub.keys },
    { from: [older.size], size: undefined },
  );
  const proof = proofs[0]?.proof.map((hash) => Buffer.from(hash, 'base64')) ?? [];
  assert.equal(
    isConsistent(older, { size: newer, root: openCheckpoint(checkpoint, [key]).root }, proof),
    true,
  );
});

test('the whole log is verified on another machine, and says what was destroyed', async () => {
  const gone = unit - (await countIn(unit));
  const demo = join(home, 'demo.json');
  writeDemoState(demo, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { auditor });
  const vkey = hub.hub.keys.log.vkey;
  const quick = await runDatong(['audit', 'verify', '--demo', '--key', vkey], {
    cwd: home,
    env: { DATONG_STATE: demo },
  });
  assert.equal(quick.code, 0, quick.stdout + quick.stderr);
  assert.equal(
    (quick.stderr + quick.stdout).includes(`${gone} were destroyed at the end of their retention`),
    true,
  );
  // entry by entry, and against what a hub may claim
  const named = [parseVkey(vkey)];
  const stored = [{ name: 'kept', text: hub.hub.audit.checkpoint() }];
  assert.deepEqual((await verifyLog({ ask: requested }, named, stored)).findings, []);
  const claims: readonly (readonly [(unit: Record<string, unknown>) => object, string])[] = [
    [(one) => ({ ...one, index: Number(one['index']) - 1 }), 'destruction_untold'],
    [(one) => ({ ...one, orderIndex: 0 }), 'destruction_untold'],
    [(one) => ({ ...one, stays: (one['stays'] as number[]).slice(1) }), 'destruction_untold'],
    [(one) => ({ ...one, hashes: Buffer.alloc(unit * 32).toString('base64') }), 'root_mismatch'],
    [(one) => ({ ...one, hashes: undefined }), 'entry_missing'],
  ];
  const answers = new Map<string, Promise<Record<string, unknown>>>();
  for (const [forge, code] of claims) {
    const lying = async (method: string, path: string) => {
      const known = answers.get(path) ?? requested(method, path);
      answers.set(path, known);
      const answer = await known;
      if (!path.startsWith('/v1/log/destructions')) return answer;
      return { ...answer, destructions: (answer['destructions'] as Record<string, unknown>[]).map(forge) };
    };
    const { findings } = await verifyLog({ ask: lying }, named, []);
    assert.equal(
      findings.some((one) => one.code === code),
      true,
      `${code}: ${JSON.stringify(findings)}`,
    );
  }
  // a pack of the unit says so too, and of a destruction whose entry is not in it nothing
  const pack = (await hub.staff(auditor, 'POST', '/v1/log/packs', { from: unit, to: 2 * unit - 1 }))
    .json as unknown as PackFile;
  const keys = [parseVkey(hub.hub.keys.log.vkey)];
  const [reported] = verifyPack(pack, { keys }).destroyed;
  assert.deepEqual([reported?.first, reported?.last, reported?.entries], [unit, 2 * unit - 1, gone]);
  for (const without of ['destroyEntries', 'acceptProposal', 'resumeAgreement']) {
    const entries = pack.entries.filter(({ leaf }) => !Buffer.from(leaf, 'base64').includes(`"${without}"`));
    const check = verifyPack({ ...pack, entries }, { keys });
    assert.deepEqual([check.findings, check.destroyed], [[], []], without);
    assert.equal(
      check.leftOut.some(({ first, end }) => first <= unit + 20 && end >= unit + 20),
      true,
    );
  }
});

test('a query for an exchange whose entry was destroyed returns when, under which rules and by which entry; others as of one that never was', async () => {
  const there = await stayingIn();
  const [stays = 0] = there;
  const goneIndex = stays + 1;
  assert.equal(there.includes(goneIndex), false);
  const gone = old.get(goneIndex) ?? '';
  const leaf = (await newestLeaves(database, 100)).find(({ operation }) => operation === 'destroyEntries');
  assert.ok(leaf, 'the destruction');
  const [{ index } = { index: 0 }] = (
    await database.app.query<{ index: number }>('SELECT idx::int AS index FROM audit_entry WHERE id = $1', [
      leaf.id,
    ])
  ).rows;
  const rules = String(leaf.change?.['rules']);
  const refusal = async (client: Machine['client'], exchange: string): Promise<DatongProblem> => {
    const problem: unknown = await client.receipt(exchange).then(
      () => assert.fail('was answered'),
      (error: unknown) => error,
    );
    assert.ok(problem instanceof DatongProblem, String(problem));
    return problem;
  };
  const reported = await refusal(city.education.client, gone);
  assert.deepEqual([reported.status, reported.code], [410, 'entry_destroyed']);
  for (const text of [reported.text.zh, reported.text.en]) {
    assert.equal(text.includes(rules), true, text);
    assert.match(text, new RegExp(`(entry|第) ${index} (of|条)`));
  }
  // neither its provider's nor a stranger's own; the same to the letter as one that never was
  const never = await refusal(city.ecology.client, '01890000-0000-7000-8000-000000000000');
  for (const { client } of [city.ecology, city.publicSecurity]) {
    const { status, code, text } = await refusal(client, gone);
    assert.deepEqual([status, code, text], [404, 'not_found', never.text]);
  }
  // by a search, to the data office and to the parties concerned
  const search = async (token: string) =>
    (await hub.staff(token, 'POST', '/v1/log/searches', { exchange: gone })).json;
  const destroyed = { at: leaf.at, rules, entry: index, order: leaf.change?.['order'] };
  const found = await search(auditor);
  assert.equal(answerFault('searchEntries', 200, found), '');
  assert.deepEqual([found['entries'], found['destroyed']], [[], destroyed]);
  assert.deepEqual(
    (await search(await hub.token('教育审计', ['auditor'], 'education')))['destroyed'],
    destroyed,
  );
  assert.equal((await search(await hub.token('环保审计', ['auditor'], 'ecology')))['destroyed'], undefined);
  // an administrator excuses no stolen entry: marks have a key, and units an entry that records them
  for (const forgery of [
    'UPDATE destroyed_exchange SET idx = 3 WHERE idx = $1',
    `UPDATE destroyed_exchange SET idx = ${stays} WHERE idx = $1`,
    "UPDATE destroyed_exchange SET mark = overlay(mark placing '\\x00000000' from 1 for 4) WHERE idx = $1",
  ]) {
    await asAdministrator('CREATE TABLE marks AS SELECT * FROM destroyed_exchange');
    await asAdministrator(forgery, [goneIndex]);
    assert.equal((await refusal(city.education.client, gone)).code, 'not_found', forgery);
    await asAdministrator('DELETE FROM destroyed_exchange');
    await asAdministrator('INSERT INTO destroyed_exchange SELECT * FROM marks');
    await asAdministrator('DROP TABLE marks');
  }
  assert.equal((await refusal(city.education.client, gone)).code, 'entry_destroyed');
});

test('evidence and a pack over a range with destroyed entries hold, and say which they are', async () => {
  const explained = await evidenceOverDestroyed(hub, { auditor, unit, home });
  assert.equal(explained.code, 0, explained.stderr);
  assert.match(explained.stdout, /entries 1024–2047 were destroyed on .* under the rules .*, entry \d+/);
});

test('mirrors of outsiders lead to the signed root past a destroyed unit: one that followed, and one that is made anew', async () => {
  const { followed, anew, holed } = await mirrorsPastDestroyed(hub, home);
  assert.deepEqual([followed, holed], [anew, anew]);
});

test('re-verification distinguishes destroyed entries from stolen ones', async () => {
  const [stayed] = (
    await database.app.query<{ idx: string; leaf: Buffer; id: string; at: Date; hash: Buffer }>(
      'SELECT idx, leaf, id, at, hash FROM audit_entry WHERE idx >= $1 ORDER BY idx LIMIT 1',
      [unit],
    )
  ).rows;
  assert.ok(stayed, 'an act that stayed');
  await asAdministrator(
    'CREATE TABLE stolen AS SELECT * FROM audit_entry WHERE idx = $1'.replace('$1', stayed.idx),
  );
  await asAdministrator('DELETE FROM audit_entry WHERE idx = $1', [stayed.idx]);
  assert.deepEqual(await codes(), ['entry_missing'], 'what stayed, stolen');
  // called destroyed, by the list
  await asAdministrator(
    'UPDATE entry_destruction SET stays = array_remove(stays, $1::bigint) WHERE first = $2',
    [stayed.idx, unit],
  );
  assert.equal((await codes()).includes('entry_missing'), true, 'a list that is not the one the entry names');
  await asAdministrator('UPDATE entry_destruction SET stays = $1::bigint || stays WHERE first = $2', [
    stayed.idx,
    unit,
  ]);
  await asAdministrator('INSERT INTO audit_entry SELECT * FROM stolen');
  await run('reverifyLog');
  assert.deepEqual(await codes(), []);
  // stolen entries of a unit, with a destruction that no entry records
  await asAdministrator('CREATE TABLE more AS SELECT * FROM audit_entry WHERE idx >= 3 AND idx < 9');
  await asAdministrator(
    `INSERT INTO entry_destruction SELECT gen_random_uuid(), exchange, 0, (SELECT array_agg(n) FROM generate_series(0, 1023) AS n WHERE n NOT BETWEEN 3 AND 8), "order" FROM entry_destruction WHERE first = ${unit}`,
  );
  await asAdministrator('DELETE FROM audit_entry WHERE idx >= 3 AND idx < 9');
  assert.equal((await codes()).includes('entry_missing'), true, 'a forged destruction');
  await asAdministrator('INSERT INTO audit_entry SELECT * FROM more');
  await asAdministrator('DELETE FROM entry_destruction WHERE first = 0');
  await run('reverifyLog');
  assert.deepEqual(await codes(), []);
  // one that was destroyed, back in its place
  const { rows: free } = await database.app.query<{ idx: string }>(
    'SELECT n::text AS idx FROM generate_series($1::bigint, $2::bigint) AS n WHERE n NOT IN (SELECT idx FROM audit_entry) LIMIT 1',
    [unit, 2 * unit - 1],
  );
  const back = free[0]?.idx ?? '';
  await asAdministrator(`UPDATE stolen SET idx = ${back}`);
  await asAdministrator('INSERT INTO audit_entry SELECT * FROM stolen');
  assert.equal((await codes()).includes('destroyed_put_back'), true);
  await asAdministrator('DELETE FROM audit_entry WHERE idx = $1', [back]);
  await run('reverifyLog');
  // the hashes that stay
  await asAdministrator('CREATE TABLE tile AS SELECT * FROM audit_tile WHERE level = 0 AND n = 4');
  await asAdministrator(
    'UPDATE audit_tile SET hashes = set_byte(hashes, 6, get_byte(hashes, 6) # 1) WHERE level = 0 AND n = 4',
  );
  assert.equal((await codes()).includes('destroyed_hashes_altered'), true);
  assert.equal(hub.hub.audit.broken(), undefined, 'the hub goes on');
  await asAdministrator('UPDATE audit_tile SET hashes = (SELECT hashes FROM tile) WHERE level = 0 AND n = 4');
  assert.deepEqual(await codes(), []);
});

test('destroyed entries that reappear are destroyed again before the hub serves; a forged file, or an order without approvals, does nothing', async () => {
  const { keys, audit } = hub.hub;
  const services = {
    database,
    audit,
    keys,
    stateDir: hub.stateDir,
    onError: (error: unknown) => assert.fail(String(error)),
  };
  const again = async (): Promise<void> => (await followDestructions(services)).close();
  await again();
  const before = await size();
  await again();
  assert.equal(await size(), before, 'what the database knows is not done again');
  // as an archive from between order and destruction would have it
  const path = join(hub.hub.config.archiveDir, `entries-${unit}-${2 * unit - 1}.json`);
  const left = await countIn(unit);
  await putBackDestroyed(hub, path, await stayingIn());
  assert.equal(await countIn(unit), unit);
  const file = destructionFile(hub.stateDir);
  const text = readFileSync(file, 'utf8');
  await writeFile(file, text.replace('"mac":"', '"mac":"AAAA'));
  await assert.rejects(again(), { code: 'log_inconsistent' });
  await writeFile(file, text);
  const sealed = { path: file, name: 'destructions', key: keys.headMac } as const;
  const [stored] = (await readSealed(sealed)) as readonly StoredDestruction[];
  assert.ok(stored, 'the unit');
  const order = uuid7(hub.hub.database.now());
  await writeSealed(sealed, [{ ...stored, change: { ...stored.change, order } }]);
  await assert.rejects(again(), { code: 'log_inconsistent' });
  await writeSealed(sealed, [{ ...stored, change: { ...stored.change, hashes: 'AAAA' } }]);
  await assert.rejects(again(), { code: 'log_inconsistent' });
  // another course of the log: the unit that was destroyed is not here, and stays in the file
  await writeSealed(sealed, [{ ...stored, head: Buffer.alloc(32).toString('base64') }]);
  await again();
  assert.equal(await countIn(unit), unit);
  assert.equal(((await readSealed(sealed)) as readonly StoredDestruction[]).length, 1);
  await writeFile(file, text);
  await again();
  assert.equal(await countIn(unit), left);
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.change?.['replays'], leaf.change?.['order']],
    ['destroyEntries', stored.exchange, stored.change['order']],
  );
  assert.deepEqual(await codes(), []);
});

test('an archive from before any order, restored by its verb, holds what was destroyed no more when the hub serves', async () => {
  const left = await stayingIn();
  assert.equal(left.includes(unit + 20), false);
  const gone = { unit, left, exchange: old.get(unit + 20) ?? '' };
  await restoredWithout(hub, { auditor, archive: join(home, 'old.dtb'), home, gone });
});
