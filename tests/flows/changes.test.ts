/** A local copy in step with what an agreement gives: only what changed of it, masked, and what is gone; by what was acknowledged. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { cellsOf, csvLine, headers } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom, residents, type Resident } from '../../clients/cli/demo/files/invented.ts';
import type { ChangesAnswer, ChangesQuestion } from '../../clients/sdk/changes.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { deleteRows } from '../../clients/sdk/deleteRows.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import { feedTerms } from '../../hub/flows/release/changes/roundStart.ts';
import type { Permission } from '../../policies/decision.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { copyKeys } from '../copyKeys.ts';
import { samples, testHub, type TestHub } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const second = await testHub({ database, keysDir: hub.hub.config.keysDir, jobsByTime: false });
after(() => second.stop());
const steward = await hub.token('han', ['steward'], 'pub-security');
const colleague = await hub.token('ma', ['steward'], 'pub-security');
const { client } = city.education;
const { client: police } = city.publicSecurity;
const clientAt = ({ hub: { origins }, ca }: TestHub): DatongClient =>
  new DatongClient({
    department: 'education',
    hub: { exchange: origins.exchange, open: origins.open },
    ca,
    tls: city.education.tls,
    signingKey: city.education.signing,
  });
const there = clientAt(second);
after(() => there.close());
const dataset = 'pub-security.household';
const lasting = 'pub-security.people';
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const random = residents(seededRandom(23));
const people = Array.from({ length: 900 }, () => random.next().value);
const given = (all: readonly Resident[]): readonly Resident[] =>
  all.filter(({ region }) => region !== '990103');
let files = 0;
/** No two files are the same bytes: an address differs, which is not granted. */
function bytesOf([first, ...others]: readonly Resident[]): Uint8Array {
  assert.ok(first, 'a person');
  files += 1;
  const all = [{ ...first, address: `云溪区新路 ${files} 号` }, ...others];
  return encodeGb18030([headers, ...all.map(cellsOf)].map(csvLine).join(''));
}
const send = async (all: readonly Resident[], id = dataset): Promise<string> =>
  (await police.sendFile(id, bytesOf(all), { mapping: id.slice('pub-security.'.length) })).json.batch;

type Grant = Readonly<Record<string, unknown>>;
let version = 1;
function agree(change: (grant: Grant) => object = (grant) => grant): Promise<void> {
  version += 1;
  const usual = {
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['changes'],
    limits: { rowsPerCall: 1000 },
  };
  return applyGrant(hub, city, 'household/agreement.yaml', version, (grant) =>
    change({ ...grant, ...usual }),
  );
}
const byYear = (grant: Grant): object => {
  const { birth_date: _, ...fields } = grant['fields'] as Grant;
  return { ...grant, fields: { ...fields, birth_date: { mask: 'dateTrunc', to: 'year' } } };
};

/** What a consumer holds, stored as its program would. */
class Copy {
  readonly rows = new Map<string, Readonly<Record<string, unknown>>>();
  watermark: string | undefined;
  readonly of: string;
  readonly why: CallContext;

  constructor(of = dataset, why = context) {
    this.of = of;
    this.why = why;
  }

  async ask(question: ChangesQuestion = {}, by = client): Promise<ChangesAnswer> {
    const acknowledge = this.watermark === undefined ? {} : { acknowledge: this.watermark };
    return (await by.changes.next(this.of, { ...acknowledge, ...question }, this.why)).json;
  }

  take({ changes, watermark, begins }: ChangesAnswer): void {
    if (begins) this.rows.clear();
    for (const { row, record } of changes) {
      if (record === undefined) this.rows.delete(row);
      else this.rows.set(row, record);
    }
    this.watermark = watermark;
  }

  /** @returns how many rows came and went, and in how many answers */
  async follow(
    question: ChangesQuestion = {},
    by = client,
  ): Promise<{ put: number; gone: number; answers: number }> {
    const came = { put: 0, gone: 0, answers: 0 };
    for (;;) {
      const answer = await this.ask(question, by);
      this.take(answer);
      came.answers += 1;
      came.put += answer.rows.delivered;
      came.gone += answer.rows.gone;
      if (!answer.more) return came;
    }
  }

  held(): readonly string[] {
    return [...this.rows.values()].map((record) => JSON.stringify(record)).sort();
  }
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );
const copy = new Copy();
/** What pages of the same agreement hold. */
async function pages(of = copy): Promise<readonly string[]> {
  const records: string[] = [];
  for await (const { json } of client.queryPages(of.of, { limit: 1000 }, of.why))
    records.push(...json.records.map((record) => JSON.stringify(record)));
  return records.sort();
}

before(async () => {
  await send(people);
});

test('changes are refused where the agreement does not deliver them', async () => {
  assert.equal(await codeOf(copy.ask()), 'delivery_not_agreed');
});

test('the first copy holds what the agreement gives, in portions; each is acknowledged with the next call', async () => {
  await agree();
  const came = await copy.follow({ limit: 300 });
  const leaf = await lastLeaf(database);
  assert.deepEqual(copy.held(), await pages());
  assert.equal(came.put, given(people).length);
  assert.ok(came.answers >= 3, String(came.answers));
  assert.equal(leaf.operation, 'listChanges');
  const { more, acknowledged } = leaf.change ?? {};
  assert.deepEqual([more, typeof acknowledged], [false, 'string']);
  assert.deepEqual(await copy.follow(), { put: 0, gone: 0, answers: 1 });
});

test('of another batch only rows come whose masked fields changed; what left the agreement or the dataset is gone', async () => {
  const [moved, renamed, absent, elsewhere, ...others] = given(people);
  assert.ok(moved && renamed && absent && elsewhere);
  const rest = people.filter(({ region }) => region === '990103');
  const fresh = { ...random.next().value, region: '990101' };
  const next = [
    { ...moved, address: '云溪区新路 1 号' }, // not granted
    { ...renamed, birth: { ...renamed.birth, day: renamed.birth.day === 1 ? 2 : 1 } },
    { ...elsewhere, region: '990103' },
    ...[fresh, ...others, ...rest],
  ];
  await send(next);
  const names = new Set(copy.rows.keys());
  assert.deepEqual(await copy.follow(), { put: 2, gone: 2, answers: 1 });
  const leaf = await lastLeaf(database);
  assert.deepEqual(copy.held(), await pages());
  assert.equal([...copy.rows.keys()].filter((row) => !names.has(row)).length, 1);
  assert.deepEqual([leaf.rows?.delivered, leaf.change?.['gone'], leaf.subjects?.count], [2, 2, 4]);
  await send(people);
  assert.deepEqual(await copy.follow(), { put: 3, gone: 1, answers: 1 });
  assert.deepEqual(copy.held(), await pages());
});

test('what is not acknowledged comes again, and an unknown watermark is refused', async () => {
  await copy.follow();
  await send(people.slice(5));
  const one = await copy.ask();
  const again = await copy.ask();
  assert.deepEqual(again.changes, one.changes);
  assert.ok(one.rows.gone > 0);
  // the first answer was overtaken: its receiver cannot acknowledge it any more
  assert.equal(await codeOf(copy.ask({ acknowledge: one.watermark })), 'changes_watermark_unknown');
  copy.take(again);
  assert.deepEqual(await copy.follow(), { put: 0, gone: 0, answers: 1 });
  assert.deepEqual(copy.held(), await pages());
  assert.equal(
    await codeOf(copy.ask({ acknowledge: '01890000-0000-7000-8000-000000000000' })),
    'changes_watermark_unknown',
  );
});

test('begun anew, everything comes again, and the copy is to be emptied first', async () => {
  const lost = new Copy();
  const [doubted] = given(people.slice(5));
  assert.ok(doubted, 'the first row');
  const ticket = { dataset, key: doubted.id, claim: 'the day is another one' };
  const { id } = (await client.tickets.open(ticket)).json;
  const first = await lost.ask({ restart: true, limit: 100 });
  assert.equal(first.begins, true);
  // an open ticket: reported for the row that comes, by its place among the changes
  assert.deepEqual(first.notes, [{ code: 'under-correction', records: [0] }]);
  assert.deepEqual((await lastLeaf(database)).notes, ['under-correction']);
  await client.tickets.answer(id, { act: 'withdraw' });
  lost.take(first);
  assert.equal((await lost.ask({ limit: 1 })).begins, false);
  await lost.follow();
  assert.deepEqual(lost.held(), copy.held());
  copy.watermark = lost.watermark;
  // what was stored of the feed before goes by itself
  await hub.hub.runner.run('expireFeeds');
  const { rows } = await database.app.query<{ n: string }>(
    'SELECT count(DISTINCT feed) AS n FROM change_held',
  );
  assert.equal(rows[0]?.n, '1');
});

test('two processes: one feed, whichever answers; of two answers at once one counts', async () => {
  await send(people.slice(10));
  const [here, afar] = await Promise.all([copy.ask(), copy.ask({}, there)]);
  assert.deepEqual(here.changes, afar.changes);
  const codes = await Promise.all(
    [here, afar].map(({ watermark }) => codeOf(copy.ask({ acknowledge: watermark }, there))),
  );
  assert.deepEqual(codes.sort(), ['answered', 'changes_watermark_unknown']);
  copy.take(here);
  copy.watermark = undefined;
  await copy.follow();
  assert.deepEqual(copy.held(), await pages());
});

test('far behind: batches come and go in the middle of a round, and the copy is that of the newest', async () => {
  const late = new Copy();
  late.take(await late.ask({ restart: true, limit: 200 }));
  late.take(await late.ask({ limit: 200 }));
  for (const from of [20, 30, 40]) await send(people.slice(from));
  const came = await late.follow({ limit: 200 });
  assert.deepEqual(late.held(), await pages());
  // what was acknowledged and is the same did not come again
  assert.ok(came.put < given(people.slice(40)).length, String(came.put));
  copy.rows.clear();
  for (const [row, record] of late.rows) copy.rows.set(row, record);
  copy.watermark = late.watermark;
});

test('a mask that is tightened changes every row; fewer fields do too', async () => {
  await agree(byYear);
  const count = given(people.slice(40)).length;
  const tightened = await copy.follow();
  assert.deepEqual([tightened.put, tightened.gone], [count, 0]);
  assert.equal((await copy.follow({ fields: ['region_code'] })).put, count);
  assert.deepEqual(Object.keys([...copy.rows.values()][0] ?? {}), ['region_code']);
});

test('a limit of the day holds, and what was refused is not acknowledged', async () => {
  await agree((grant) => ({ ...grant, limits: { rowsPerCall: 10, rowsPerDay: 5_000 } }));
  assert.equal(await codeOf(copy.ask({ limit: 11 })), 'limit_too_high');
  const { rows } = await database.app.query<{ turn: string }>('SELECT turn FROM change_feed');
  await agree((grant) => ({ ...grant, limits: { rowsPerCall: 1000, rowsPerDay: 10 } }));
  assert.equal(await codeOf(copy.ask()), 'quota_exhausted');
  const after_ = await database.app.query<{ turn: string }>('SELECT turn FROM change_feed');
  assert.deepEqual(after_.rows, rows);
});

test('other terms in the middle of a round: in step means that every row came under them', async () => {
  await agree(byYear);
  const late = new Copy();
  late.take(await late.ask({ restart: true, limit: 200 }));
  late.take(await late.ask({ limit: 200 }));
  await agree();
  await late.follow();
  assert.deepEqual(late.held(), await pages());
  copy.rows.clear();
  for (const [row, record] of late.rows) copy.rows.set(row, record);
  copy.watermark = late.watermark;
});

test('another day, or another key of the hub, are other terms: a feed in step reads the rows again', () => {
  const permission = { plan: {}, fields: [] } as unknown as Permission;
  const lastMoment = Date.parse('2026-11-21T23:59:59+08:00');
  const of = (key: string, now: number): string => feedTerms(permission, { key }, now);
  assert.equal(of('a', lastMoment), of('a', lastMoment - 80_000_000));
  assert.notEqual(of('a', lastMoment), of('a', lastMoment + 1_000));
  assert.notEqual(of('a', lastMoment), of('b', lastMoment));
});

test('with another cursor key every row comes once more under a new name, the old names are gone, and open cursors do not go on', async () => {
  const keysDir = mkdtempSync(join(tmpdir(), 'datong-changes-'));
  copyKeys(hub.hub.config.keysDir, keysDir);
  const path = join(keysDir, 'cursor.key');
  writeFileSync(path, randomBytes(32).toString('base64url'));
  const anew = await testHub({ database, keysDir, jobsByTime: false });
  const by = clientAt(anew);
  try {
    const { nextCursor: cursor } = (await client.query(dataset, { limit: 10 }, context)).json;
    assert.ok(cursor, 'a cursor');
    const names = new Set(copy.rows.keys());
    const count = names.size;
    const went = { put: count, gone: count };
    const { answers, ...came } = await copy.follow({}, by);
    assert.deepEqual(came, went, `in ${answers} answers`);
    assert.deepEqual(copy.held(), await pages());
    assert.equal([...copy.rows.keys()].filter((row) => names.has(row)).length, 0);
    assert.equal(await codeOf(by.query(dataset, { limit: 10, cursor }, context)), 'cursor_invalid');
    assert.equal((await copy.follow()).gone, count, 'and with the key that was there before, back again');
  } finally {
    by.close();
    await anew.stop();
    rmSync(keysDir, { recursive: true, force: true });
  }
});

test('a batch that is put back returns again what it held', async () => {
  await agree();
  await copy.follow();
  await send(people);
  assert.ok((await copy.follow()).put > 0, 'the later batch holds more');
  const { rows } = await database.app.query<{ id: string; current: string }>(
    `SELECT b.id, d.current_batch AS current FROM batch AS b JOIN dataset AS d ON d.id = b.dataset
      WHERE b.dataset = $1 AND b.state = 'superseded' ORDER BY b.superseded_at DESC LIMIT 1`,
    [dataset],
  );
  const path = `/v1/batches/${rows[0]?.id ?? ''}/restoration`;
  for (const person of [steward, colleague])
    assert.ok(
      (await hub.staff(person, 'POST', path, { reason: '文件有误' })).status < 300,
      'put back by two persons',
    );
  assert.ok((await copy.follow()).gone > 0, 'what only the later batch held is gone');
  assert.deepEqual(copy.held(), await pages());
});

test('of an upsert dataset what was merged comes, and what was deleted by its key is gone', async () => {
  const title = { zh: '人口', en: 'people' };
  const sharing = { type: 'unconditional' };
  const body = { id: lasting, title, schema: 'urn:datong:household:1.0', mode: 'upsert', sharing };
  const made = await hub.staff(city.operator, 'POST', '/v1/datasets', body);
  assert.equal(made.status, 201, JSON.stringify(made.json));
  const sample = readDocuments(resolve(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const document = { ...(sample?.members['document'] as object), mapping: 'pub-security/people@1' };
  const mapped = await hub.staff(steward, 'POST', `/v1/datasets/${lasting}/mappings`, { document });
  assert.equal(mapped.status, 201, JSON.stringify(mapped.json));
  await agree((grant) => ({ ...grant, dataset: lasting }));
  const merged = new Copy(lasting);
  await send(people.slice(0, 300), lasting);
  await merged.follow();
  assert.deepEqual(merged.held(), await pages(merged));
  const [one, other] = given(people);
  assert.ok(one && other, 'two persons');
  const later = { ...one, birth: { ...one.birth, day: one.birth.day === 1 ? 2 : 1 } };
  await send([later, ...people.slice(300, 310)], lasting);
  assert.equal((await merged.follow()).put, given(people.slice(300, 310)).length + 1);
  await deleteRows((input) => police.call(input), lasting, [{ person_id: other.id }], '录入重复');
  assert.deepEqual(await merged.follow(), { put: 0, gone: 1, answers: 1 });
  assert.deepEqual(merged.held(), await pages(merged));
});

test('under consent a row comes when its person agrees, and is gone when they withdraw', async () => {
  await city.apply('school-meals/notice.yaml');
  await applyGrant(hub, city, 'school-meals/agreement.yaml', 1, (grant) => ({
    ...grant,
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['changes'],
    limits: { rowsPerCall: 1000 },
  }));
  const why = {
    ...context,
    purpose: 'school-meals',
    agreement: 'agr-school-meals',
    matter: 'YC-2026-000017',
  };
  const meals = new Copy(dataset, why);
  assert.deepEqual(await meals.follow(), { put: 0, gone: 0, answers: 1 });
  const [child] = given(people.slice(60)).filter(
    ({ guardian, id, region }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
  );
  assert.ok(child, 'a child');
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  const consent = {
    id: 'changes-1',
    person: child.id,
    guardian: child.guardian,
    recipient: 'education',
    dataset,
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    notBefore: '2026-01-01T00:00:00+08:00',
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: rows[0]?.digest ?? '', language: 'zh' as const },
    method: 'app' as const,
  };
  await police.giveConsent(consent);
  const given_ = await meals.ask();
  assert.deepEqual([given_.rows.delivered, given_.rows.withheld], [1, 'undisclosed']);
  assert.deepEqual(Object.keys(given_.changes[0]?.record ?? {}), ['name', 'income']);
  meals.take(given_);
  const leaf = await lastLeaf(database);
  assert.notEqual(leaf.private, undefined);
  assert.deepEqual([leaf.rows?.withheld, leaf.subjects?.count], [0, 1]);
  await police.withdrawConsent(consent.id);
  assert.deepEqual(await meals.follow(), { put: 0, gone: 1, answers: 1 });
  await police.giveConsent({ ...consent, id: 'changes-2', expires: '2098-01-01T00:00:00+08:00' });
  assert.deepEqual(await meals.follow(), { put: 1, gone: 0, answers: 1 });
  // it ends by itself: the feed checks again when the time has come, without a batch or an event
  await database.owner.query(
    "UPDATE consent_standing SET until = now() - interval '1 second' WHERE consent = 'changes-2'",
  );
  await database.owner.query(
    `UPDATE change_feed SET told_place = jsonb_set(told_place, '{recheck}', '1') WHERE counter LIKE 'agr-school-meals %'`,
  );
  assert.deepEqual(await meals.follow(), { put: 0, gone: 1, answers: 1 });
  assert.equal(meals.rows.size, 0);
  // each row that comes uses it, and where that was the last use the row is gone with the next call
  await police.giveConsent({ ...consent, id: 'changes-3', maxUses: 2 });
  assert.deepEqual(await meals.follow(), { put: 1, gone: 0, answers: 1 });
  assert.deepEqual(await meals.follow(), { put: 0, gone: 0, answers: 1 });
  const byPages = await client.query(dataset, { limit: 1000 }, why);
  assert.equal(byPages.json.records.length, 1, 'the second use, elsewhere');
  assert.deepEqual(await meals.follow(), { put: 0, gone: 1, answers: 1 });
  await police.giveConsent({ ...consent, id: 'changes-4', maxUses: 1 });
  assert.deepEqual(await meals.follow(), { put: 1, gone: 0, answers: 1 });
  assert.deepEqual(await meals.follow(), { put: 0, gone: 1, answers: 1 });
  assert.equal(meals.rows.size, 0);
});

test('a feed without calls goes after ninety days, with an entry; its consumer begins anew', async () => {
  await database.owner.query(
    "UPDATE change_feed SET asked_at = now() - interval '91 days' WHERE counter LIKE '% pub-security.people'",
  );
  await hub.hub.runner.run('expireFeeds');
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.kind, leaf.dataset, leaf.consumer],
    [...['expireFeeds', 'retire', lasting, 'education']],
  );
  // one feed a run: those begun anew in other tests left theirs too
  for (let run = 0; run < 4; run += 1) await hub.hub.runner.run('expireFeeds');
  const { rows } = await database.app.query<{ left: string; feeds: string }>(
    `SELECT (SELECT count(*) FROM change_held WHERE feed NOT IN (SELECT id FROM change_feed)) AS left,
            (SELECT count(*) FROM change_feed WHERE dataset = $1) AS feeds`,
    [lasting],
  );
  assert.deepEqual(rows, [{ left: '0', feeds: '0' }]);
});

test('nothing of a row is in the feed’s own tables', async () => {
  const { rows } = await database.app.query<{ text: string }>(
    'SELECT change_held::text AS text FROM change_held UNION ALL SELECT change_told::text FROM change_told',
  );
  const text = rows.map((row) => row.text).join('\n');
  assert.ok(rows.length > 100, String(rows.length));
  for (const { id, name } of people.slice(0, 400)) {
    for (const value of [id, name])
      assert.equal(text.includes(value) || text.includes(Buffer.from(value).toString('hex')), false, 'told');
  }
});
