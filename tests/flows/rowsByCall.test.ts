/** Rows in one signed call: what gets in, what is bad, who sees it at once, and that a call that is sent again brings nothing twice. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { requestedHold } from './requestedHold.ts';
import { sha256, reported, uploaded, post } from './intakeCalls.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { client: sender } = city.ecology;
const { client: reader } = city.education;

type Row = Readonly<Record<string, unknown>>;
type Answer = components['schemas']['RowsAnswer'];

const field = (type: unknown, more: object = {}): object => ({
  ...{ type, 'x-title': { zh: '数据项', en: 'Field' }, 'x-sensitivity': 'L1', 'x-personal': 'none' },
  ...more,
});
const properties = {
  station: field('string', { maxLength: 40 }),
  time: field('string', { format: 'date-time' }),
  pm25: field(['number', 'null'], { minimum: 0, maximum: 5000 }),
  limit: field(['number', 'null']),
  count: field(['integer', 'null']),
  state: field(['string', 'null'], { enum: ['on', 'off', 'gone', null] }),
  note: field(['string', 'null'], { maxLength: 200 }),
};
const urn = 'urn:datong:reading:1.0';

const apply = (documents: readonly object[]): Promise<void> =>
  city.apply(documents, [city.education, city.ecology]);

let made = 0;
/** A dataset with these rules, under an agreement that gives all of it to education. */
async function dataset(intake: object, more: object = {}): Promise<{ id: string; context: CallContext }> {
  made += 1;
  const id = `ecology.readings-${made}`;
  const agreement = `agr-readings-${made}`;
  await apply([
    {
      ...{ kind: 'Dataset', id, title: { zh: '读数', en: 'Readings' }, schema: urn, mode: 'upsert', intake },
      ...{ sharing: { type: 'conditional', conditions: '示例' } },
      ...more,
    },
    {
      ...{ kind: 'Mapping', dataset: id },
      document: {
        ...{ mapping: `ecology/short-${made}@1`, target: 'reading@1', source: { format: 'json' } },
        limits: { maxBad: 1 },
        fields: { station: { from: 's' }, time: { from: 't' }, pm25: { from: 'v' } },
      },
    },
    {
      ...{ kind: 'Mapping', dataset: id },
      document: {
        ...{ mapping: `ecology/file-${made}@1`, target: 'reading@1', source: { format: 'csv' } },
        limits: { maxBad: 0 },
        fields: { station: { from: 's' }, time: { from: 't' }, pm25: { from: 'v' } },
      },
    },
    {
      ...{ kind: 'Agreement', id: agreement, version: 1, title: { zh: '读数', en: 'Readings' } },
      ...{ provider: 'ecology', consumer: 'education', purposes: ['environment-study'] },
      basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
      valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
      grants: [
        {
          ...{ dataset: id, schema: 'reading@1', filterBy: ['station'], requires: ['on-behalf-of'] },
          deliveries: ['stream', 'export', 'changes'],
          limits: { rowsPerCall: 1000, callsPerDay: 5000 },
          fields: Object.fromEntries(Object.keys(properties).map((name) => [name, { mask: 'clear' }])),
        },
      ],
    },
  ]);
  return { id, context: { purpose: 'environment-study', agreement, onBehalfOf: 'official-1' } };
}

before(async () => {
  await apply([
    {
      kind: 'Schema',
      document: {
        ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
        ...{ 'x-title': { zh: '读数', en: 'Readings' }, 'x-class': 'general' },
        ...{ 'x-primary-key': ['/station', '/time'], additionalProperties: false },
        ...{ required: ['station', 'time'], properties },
      },
    },
  ]);
});

const at = (minute: number): string => new Date(Date.UTC(2026, 8, 1) + minute * 60_000).toISOString();
const row = (station: string, minute: number, more: object = {}): Row => ({
  ...{ station, time: at(minute), pm25: 30 + (minute % 60) / 4, limit: 75, count: minute, state: 'on' },
  ...{ note: null, ...more },
});
const ndjson = (rows: readonly unknown[]): Uint8Array =>
  Buffer.from(rows.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n'), 'utf8');

async function pushed(
  id: string,
  body: Uint8Array | readonly unknown[],
  {
    query = '',
    type = 'application/x-ndjson',
    key,
    by = sender,
  }: {
    readonly query?: string;
    readonly type?: string;
    readonly key?: string;
    readonly by?: DatongClient;
  } = {},
): Promise<Answer> {
  const { json } = await by.call({
    method: 'POST',
    path: `/v1/datasets/${id}/rows${query}`,
    headers: {
      'content-type': type,
      ...(key === undefined ? {} : { 'datong-idempotency-key': key }),
    },
    body: body instanceof Uint8Array ? body : ndjson(body),
    receipt: 'required',
  });
  return json as Answer;
}

/** Code and place of a refusal. */
const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof DatongProblem, String(error));
    return error.code;
  }
};

async function seen({ id, context }: { id: string; context: CallContext }): Promise<readonly Row[]> {
  const found: Row[] = [];
  for await (const page of reader.queryPages(id, { limit: 1000 }, context)) found.push(...page.json.records);
  return inOrder(found);
}
const keyOf = (one: Row): string => `${String(one['station'])} ${String(one['time'])}`;
const inOrder = (rows: readonly Row[]): readonly Row[] =>
  [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const stored = async (id: string): Promise<number> => {
  const schema = hub.hub.services.registry.current.datasets.get(id)?.schema;
  assert.ok(schema);
  const { rows } = await database.app.query<{ n: string }>(
    `SELECT count(*) AS n FROM ${datasetTable(id, schema)}`,
  );
  return Number(rows[0]?.n);
};
/** Lets a submission be of the day before. */
const yesterday = (id: string): Promise<unknown> =>
  database.app.query("UPDATE batch SET opened_at = opened_at - interval '1 day' WHERE id = $1", [id]);
const batchOf = async (id: string): Promise<Readonly<Record<string, unknown>>> =>
  (await sender.batch(id)).json;

describe('rows get in', () => {
  test('as NDJSON and as a list; they are seen by query, stream, file and changes as soon as the reply is there', async () => {
    const one = await dataset({ byCall: {} });
    const rows = Array.from({ length: 50 }, (_, i) => row('东溪', i));
    const first = await pushed(one.id, rows.slice(0, 30));
    assert.deepEqual([first.accepted, first.quarantined], [30, []]);
    assert.deepEqual(await seen(one), rows.slice(0, 30));
    const feed = (await reader.changes.next(one.id, {}, one.context)).json;
    assert.equal(feed.changes.length, 30);

    const list = Buffer.from(JSON.stringify(rows.slice(30), null, 2));
    const second = await pushed(one.id, list, { type: 'application/json' });
    assert.equal(second.accepted, 20);
    assert.equal(second.batch, first.batch, 'one submission a day');
    assert.deepEqual(await seen(one), rows);
    const streamed: Row[] = [];
    for await (const part of await reader.stream(one.id, {}, one.context)) streamed.push(...part.records);
    assert.deepEqual(inOrder(streamed), rows);
    const changes = (await reader.changes.next(one.id, { acknowledge: feed.watermark }, one.context)).json;
    assert.equal(changes.changes.length, 20, 'the feed looks again although the batch is the same');
    const requested = (await reader.exports.ask(one.id, { format: 'ndjson' }, one.context)).json;
    await hub.hub.runner.run('makeExports');
    assert.equal((await reader.exports.state(one.id, requested.id)).json.state, 'ready');

    const leaf = await newestLeaves(database, 40);
    const entries = leaf.filter(({ operation }) => operation === 'pushRows');
    assert.deepEqual(
      entries.map(({ kind, decision, batch }) => [kind, decision, batch]),
      [list, ndjson(rows.slice(0, 30))].map((bytes, i) => [
        ...['intake', 'allow'],
        { id: first.batch, sha256: sha256(bytes), rows: i === 0 ? 20 : 30, bad: 0 },
      ]),
    );
  });

  test('once: a call that is sent again gets the first answer, other bytes under its key are refused', async () => {
    const one = await dataset({ byCall: {} });
    const key = randomUUID();
    const rows = [row('西泽', 1), row('西泽', 2, { pm25: -1 })];
    const first = await pushed(one.id, rows, { key });
    assert.deepEqual(first.quarantined, [{ index: 1, field: 'pm25', rule: 'minimum' }]);
    assert.deepEqual(await pushed(one.id, rows, { key }), first);
    assert.equal((await lastLeaf(database)).repeatOf === undefined, false);
    assert.equal(await refusal(pushed(one.id, [row('西泽', 3)], { key })), 'idempotency_conflict');
    const { counts, calls } = await batchOf(first.batch);
    assert.deepEqual([counts, calls], [{ records: 2, rows: 1, bad: 1, skipped: 0 }, 1]);
  });

  test('the newest row of a key replaces the one before, a marked one deletes it', async () => {
    const one = await dataset({ byCall: {}, deleteWhere: { field: 'state', is: ['gone'] } });
    await pushed(one.id, [row('a', 1), row('a', 2), row('a', 3)]);
    const answer = await pushed(one.id, [row('a', 1, { pm25: 99 }), row('a', 2, { state: 'gone' })]);
    assert.deepEqual([answer.accepted, answer.deletions], [2, 1]);
    assert.deepEqual(await seen(one), [row('a', 1, { pm25: 99 }), row('a', 3)]);
    const { counts } = await batchOf(answer.batch);
    assert.deepEqual(counts, { records: 5, rows: 5, bad: 0, skipped: 0, deletions: 1 });

    const officer = await hub.token('保全', ['security']);
    const withdraw = await requestedHold(hub, officer, one.id, 'SS-2026-0011');
    assert.equal(await refusal(pushed(one.id, [row('a', 3, { state: 'gone' })])), 'under_legal_hold');
    assert.equal((await pushed(one.id, [row('a', 4)])).accepted, 1, 'rows are still added');
    await withdraw();
  });

  test('through a registered mapping of JSON, whose limits decide about bad rows', async () => {
    const one = await dataset({ byCall: {} });
    const name = `short-${made}`;
    const rows = [
      { s: 'm', t: at(1), v: '12.5' },
      { s: 'm', t: at(2), v: 'x' },
    ];
    const answer = await pushed(one.id, rows, { query: `?mapping=${name}` });
    assert.deepEqual(answer.quarantined, [{ index: 1, field: 'pm25', rule: 'number.shape' }]);
    assert.deepEqual(
      (await seen(one)).map(({ pm25 }) => pm25),
      [12.5],
    );
    const two = [...rows, { s: 'm', t: at(3), v: 'y' }];
    assert.equal(await refusal(pushed(one.id, two, { query: `?mapping=${name}` })), 'rows_refused');
    assert.equal(await refusal(pushed(one.id, rows, { query: '?mapping=none' })), 'mapping_unknown');
    const file = `?mapping=file-${made}`;
    assert.equal(await refusal(pushed(one.id, rows, { query: file })), 'rows_mapping_unfit');
  });

  test('a file and calls follow each other: each has its own submission', async () => {
    const one = await dataset({ byCall: {} });
    const first = await pushed(one.id, [row('f', 1)]);
    const bytes = Buffer.from(`s,t,v\nf,${at(2)},7\n`);
    const batch = await uploaded(sender, one.id, bytes);
    const commit = { sha256: sha256(bytes), bytes: bytes.length, mapping: `file-${made}` };
    assert.equal(await reported(post(sender, `/v1/batches/${batch}/commit`, commit)), '200');
    assert.equal((await batchOf(first.batch))['state'], 'superseded');
    const later = await pushed(one.id, [row('f', 3)]);
    assert.notEqual(later.batch, first.batch);
    assert.equal((await batchOf(later.batch))['state'], 'published');
    assert.equal((await seen(one)).length, 3);
  });
});

describe('bad rows', () => {
  test('each kind is quarantined with index, field and rule, never with a value; the good rows are there', async () => {
    const one = await dataset({ byCall: { time: { field: 'time', maxAheadSeconds: 60 } } });
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const rows: readonly unknown[] = [
      row('ok', 0),
      row('x', 1, { unknown: 1 }),
      row('x', 2, { pm25: '12' }),
      row('x', 3, { count: 1.5 }),
      row('x', 4, { count: 1e300 }),
      row('x', 5, { pm25: 5001 }),
      { ...row('x', 6), time: soon },
      row('ok', 0, { pm25: 1 }),
      row('x', 8, { note: 'x'.repeat(1_000_000) }),
      row('x', 9, { note: 'a\u0000b' }),
      `{"station":"x","time":"${at(10)}","pm25":0.12345678901234567890}`,
      `{"station":"x","time":"${at(11)}","station":"y"}`,
      '{"station":"x","time":',
      '[1]',
      { ...row('x', 14), time: 'yesterday' },
      { station: 'x' },
      row('x', 16, { note: '\ud800' }),
    ];
    const answer = await pushed(one.id, rows);
    assert.equal(answer.accepted, 1);
    assert.deepEqual(answer.quarantined, [
      { index: 1, field: 'unknown', rule: 'additionalProperties' },
      { index: 2, field: 'pm25', rule: 'type' },
      { index: 3, field: 'count', rule: 'type' },
      { index: 4, field: 'count', rule: 'number.inexact' },
      { index: 5, field: 'pm25', rule: 'maximum' },
      { index: 6, field: 'time', rule: 'time.future' },
      { index: 7, field: 'station+time', rule: 'key.repeated' },
      { index: 8, field: 'note', rule: 'maxLength' },
      { index: 9, rule: 'text.nul' },
      { index: 10, rule: 'json.number' },
      { index: 11, rule: 'json.repeated' },
      { index: 12, rule: 'json.malformed' },
      { index: 13, rule: 'json.shape' },
      { index: 14, field: 'time', rule: 'date-time.form' },
      { index: 15, field: 'time', rule: 'required' },
      { index: 16, rule: 'encoding.lost' },
    ]);
    assert.deepEqual(await seen(one), [row('ok', 0)]);
    const { json } = await sender.quarantine(answer.batch);
    const { bad, rows: retained } = json as {
      bad: number;
      rows: { nth: number; line: number; raw: unknown }[];
    };
    assert.deepEqual([bad, retained.length], [16, 16]);
    assert.deepEqual([retained[1]?.nth, retained[1]?.line, retained[1]?.raw], [2, 3, rows[2]]);
    // of the next call they are counted on
    await pushed(one.id, [row('x', 20, { pm25: -1 })]);
    const next = (await sender.quarantine(answer.batch, { after: 16 })).json as { rows: { nth: number }[] };
    assert.deepEqual(
      next.rows.map(({ nth }) => nth),
      [17],
    );
    const path = `/v1/datasets/${one.id}/quality`;
    const quality = await sender.call({ method: 'GET', path, receipt: 'optional' });
    const [newest] = (quality.json as components['schemas']['Quality']).batches;
    assert.deepEqual([newest?.rows, newest?.bad, newest?.repeated], [1, 17, 1]);
    assert.deepEqual(
      newest?.fields.find(({ field: name }) => name === 'note'),
      { field: 'note', empty: 1 },
    );
  });

  test('a field that the schema lacks is named where its name cannot be personal data', async () => {
    const one = await dataset({ byCall: {} });
    const digits = '990101199003070012';
    const names = ['pm_25', '张三丰', '99010119900307001X', 'a b', 'x'.repeat(41), 'tab\tname'];
    const { batch, quarantined } = await pushed(one.id, [
      ...names.map((name, i) => row('x', i, { [name]: 'secret-value' })),
      row('x', names.length, { [digits]: 'zero\u200bwidth' }),
    ]);
    assert.deepEqual(
      quarantined.map(({ field: name, rule }) => [name, rule]),
      [
        ...names.map((name) => [name === 'pm_25' ? name : undefined, 'additionalProperties']),
        [undefined, 'text.invisible'],
      ],
    );
    const { json } = await sender.quarantine(batch);
    const { rows } = json as { rows: { problems: { field: string }[] }[] };
    assert.deepEqual(
      rows.map(({ problems }) => problems.map((problem) => problem.field)),
      [...names.map((name) => [name === 'pm_25' ? name : '']), ['']],
    );
    assert.ok(!JSON.stringify(rows.map(({ problems }) => problems)).includes(digits));
    assert.ok(!JSON.stringify(rows.map(({ problems }) => problems)).includes('secret-value'));
  });

  test('texts with signs of damage are quarantined as in a file; a mapping that accepts doubts stores and counts them', async () => {
    const one = await dataset({ byCall: {} });
    const notes = ['plain', 'zero\u200bwidth', '锟斤拷', '寮犱笁', 'ok 张三'];
    const calls = notes.map((note, i) => row('x', i, { note }));
    const { batch, quarantined } = await pushed(one.id, calls);
    const rules = quarantined.map(({ index, field: name, rule }) => `${index} ${name ?? ''} ${rule}`);
    assert.equal(rules.join(), '1 note text.invisible,2 note encoding.mojibake,3 note encoding.mojibake');
    const mapping = `ecology/tell-${made}@1`;
    const fields = { station: { from: 'station' }, time: { from: 'time' }, note: { from: 'note' } };
    const document = { mapping, target: 'reading@1', source: { format: 'json' }, doubts: 'tell', fields };
    await apply([{ ...{ kind: 'Mapping', dataset: one.id }, document }]);
    assert.equal((await pushed(one.id, calls, { query: `?mapping=tell-${made}` })).accepted, 5);
    assert.equal(((await batchOf(batch))['counts'] as { doubted?: number }).doubted, 3);
  });

  test('of a dataset that refuses them, the whole call is refused and nothing is stored', async () => {
    const one = await dataset({ byCall: { onBad: 'refuse' } });
    const work = pushed(one.id, [row('r', 1), row('r', 2, { pm25: 'much' })]);
    const error: unknown = await work.catch((reason: unknown) => reason);
    assert.ok(error instanceof DatongProblem);
    assert.equal(error.code, 'rows_refused');
    assert.deepEqual(error.findings, [{ index: 1, field: 'pm25', rule: 'type' }]);
    assert.equal((await lastLeaf(database)).code, 'rows_refused');
    assert.equal((await pushed(one.id, [row('r', 1)])).accepted, 1);
    assert.equal((await seen(one)).length, 1);
  });

  test('rules across fields, references and stored keys are asked of each row', async () => {
    const register = await dataset({ byCall: {} });
    await pushed(register.id, [row('known', 0)]);
    const one = await dataset({
      byCall: {},
      onRewrite: 'hold',
      crossRules: [
        { field: 'limit', is: 'atLeast', fields: ['pm25'], onBroken: 'hold' },
        { field: 'count', is: 'atLeast', fields: ['limit'], onBroken: 'warn' },
      ],
      references: [{ fields: ['station'], dataset: register.id, keys: ['station'], onMissing: 'reject' }],
    });
    const first = await pushed(one.id, [row('known', 1), row('known', 2, { pm25: 80 }), row('else', 3)]);
    assert.deepEqual(first.quarantined, [
      { index: 1, field: 'limit', rule: 'row.rule-broken' },
      { index: 2, field: 'station', rule: 'reference.missing' },
    ]);
    const again = await pushed(one.id, [row('known', 1), row('known', 2), row('known', 1 + 60)]);
    assert.deepEqual([again.accepted, again.quarantined], [3, []], 'an equal row says nothing new');
    const other = await pushed(one.id, [row('known', 1, { pm25: 2 }), row('known', 4)]);
    assert.deepEqual(other.quarantined, [{ index: 0, field: 'station+time', rule: 'key.stored' }]);
    assert.deepEqual(
      (await seen(one)).map(({ count, pm25 }) => [count, pm25]),
      [1, 2, 4, 61].map((minute) => [minute, row('', minute)['pm25']]),
    );
  });

  test('late and future rows are quarantined, refused or taken, as the dataset rules', async () => {
    const now = database.now();
    const after = (seconds: number): Row => ({
      ...row(`t${seconds}`, 1),
      time: new Date(now + seconds * 1_000).toISOString(),
    });
    const rows = [after(-30), after(-7200), after(3600)];
    const ruled = async (time: object): Promise<readonly unknown[] | string> => {
      const { id } = await dataset({ byCall: { time: { field: 'time', ...time } } });
      try {
        return (await pushed(id, rows)).quarantined.map(({ index, rule }) => `${index} ${rule}`);
      } catch (error) {
        assert.ok(error instanceof DatongProblem);
        assert.equal(await stored(id).catch(() => 0), 0);
        return error.code;
      }
    };
    assert.deepEqual(await ruled({}), ['2 time.future']);
    const leap = new Date(now + 2 * 86_400_000).toISOString().replace(/T.*/, 'T23:59:60Z');
    rows.push({ ...row('leap', 1), time: leap });
    assert.deepEqual(await ruled({}), ['2 time.future', '3 time.future']);
    rows.pop();
    assert.deepEqual(await ruled({ maxLateSeconds: 3600 }), ['1 time.late', '2 time.future']);
    assert.deepEqual(await ruled({ onAhead: 'take', maxLateSeconds: 86_400 }), []);
    assert.equal(await ruled({ onAhead: 'refuse' }), 'rows_refused');
    assert.equal(await ruled({ onAhead: 'take', maxLateSeconds: 3600, onLate: 'refuse' }), 'rows_refused');
    const unfit = async (time: object): Promise<unknown> =>
      (
        await hub.staff(city.operator, 'POST', '/v1/datasets', {
          ...{ id: 'ecology.unfit', title: { zh: '读数', en: 'Readings' }, schema: urn, mode: 'upsert' },
          ...{ sharing: { type: 'none' }, intake: { byCall: { time: { field: 'time', ...time } } } },
        })
      ).json['code'];
    assert.equal(await unfit({ onLate: 'refuse' }), 'by_call_unfit');
    assert.equal(await unfit({ onAhead: 'take', maxAheadSeconds: 5 }), 'by_call_unfit');
  });

  test('more deletions in a day than the dataset may lose are refused, as a share of the rows before them', async () => {
    const deleting = async (count: number) => {
      const rules = { byCall: {}, deleteWhere: { field: 'state', is: ['gone'] }, mayDelete: 0.5 };
      const { id } = await dataset(rules);
      const rows = Array.from({ length: count }, (_, i) => row('d', i));
      const marked = rows.map((one) => ({ ...one, state: 'gone' }));
      const gone = (from: number, to: number) => refusal(pushed(id, marked.slice(from, to)));
      return { id, gone, batch: (await pushed(id, rows)).batch };
    };
    const few = await deleting(140);
    assert.deepEqual([await few.gone(0, 47), await few.gone(47, 140)], ['accepted', 'batch_deletes_many']);
    const many = await deleting(1000);
    assert.deepEqual([await many.gone(0, 300), await many.gone(300, 400)], ['accepted', 'accepted']);
    assert.equal(await many.gone(400, 501), 'batch_deletes_many');
    await yesterday(many.batch);
    assert.equal(await many.gone(400, 650), 'accepted', 'the deletions of another day do not count');
    const { id, gone } = await deleting(1000);
    const codes = await Promise.all([gone(0, 400), gone(400, 800)]);
    assert.deepEqual(codes.sort(), ['accepted', 'batch_deletes_many']);
    assert.deepEqual([await stored(few.id), await stored(many.id), await stored(id)], [93, 350, 600]);
  });
});

describe('refused as a whole', () => {
  test('a body that is no list, is cut off, is empty, too long or of another type', async () => {
    const { id } = await dataset({ byCall: {} });
    const text = JSON.stringify([row('w', 1), row('w', 2)]);
    const list = { type: 'application/json' };
    for (const [body, options, code] of [
      [text.slice(0, -5), list, 'rows_malformed'],
      [text.slice(0, -1), list, 'rows_malformed'],
      ['{"station":"w"}', list, 'rows_malformed'],
      ...['[1,,2]', '[1,]', '[,1]', '[1][2]', '[1] 2 []', '[1],', '[1]:', '[1] 2', '1[1]', '\u00a0[1]'].map(
        (body) => [body, list, 'rows_malformed'] as const,
      ),
      ...['[{} {}]', '[{}{}]', '[1 2]', '["a""b"]', '[[] []]', '[{}\n1,2]', '[1 {}]'].map(
        (body) => [body, list, 'rows_malformed'] as const,
      ),
      ['[]', list, 'rows_too_many'],
      ['\n\n', {}, 'rows_too_many'],
      [Buffer.from([0x7b, 0xff, 0x7d]), {}, 'rows_malformed'],
      ['1\n'.repeat(10_001), {}, 'rows_too_many'],
      [text, { type: 'text/csv' }, 'unsupported_media_type'],
      [`${text}${' '.repeat(4 * 2 ** 20)}`, list, 'body_too_large'],
    ] as const)
      assert.equal(await refusal(pushed(id, Buffer.from(body), options)), code);
    assert.equal(await refusal(pushed(id, [row('w', 1)], { query: '?rows=2' })), 'rows_other_count');
    assert.equal((await pushed(id, [row('w', 1)], { query: '?rows=1' })).accepted, 1);
    const marked = await pushed(id, Buffer.from(`\ufeff${JSON.stringify(row('w', 2))}\n`));
    assert.equal(marked.accepted, 1, 'a byte order mark is ignored');
    const { quarantined } = await pushed(id, Buffer.from('\ufeff[{}, :{}, {"a" "b"}]'), list);
    assert.match(JSON.stringify(quarantined), /"index":1,"rule":"json.malf.*"index":2,"rule":"json.malf/);
  });

  test('where the dataset, or the caller, is another than it should be', async () => {
    const files = await dataset({});
    assert.equal(await refusal(pushed(files.id, [row('n', 1)])), 'rows_not_by_call');
    const one = await dataset({ byCall: {}, controlTotals: true });
    assert.equal(await refusal(pushed(one.id, [row('n', 1)])), 'control_totals_missing');
    assert.equal((await pushed(one.id, [row('n', 1)], { query: '?rows=1' })).accepted, 1);
    assert.equal(await refusal(pushed(one.id, [row('n', 1)], { by: reader })), 'not_the_provider');
    assert.equal(await refusal(pushed('ecology.nothing', [row('n', 1)])), 'dataset_unknown');
  });

  test('byCall belongs to datasets that are updated by key, with a field of moments', async () => {
    const register = (more: object): Promise<{ status: number; json: Readonly<Record<string, unknown>> }> =>
      hub.staff(city.operator, 'POST', '/v1/datasets', {
        ...{ id: 'ecology.unfit', title: { zh: '读数', en: 'Readings' }, schema: urn },
        ...{ mode: 'upsert', sharing: { type: 'none' } },
        ...more,
      });
    const snapshot = await register({ mode: 'snapshot', intake: { byCall: {} } });
    assert.equal(snapshot.json['code'], 'intake_rule_idle');
    const unfit = await register({ intake: { byCall: { time: { field: 'pm25' } } } });
    assert.equal(unfit.json['code'], 'by_call_unfit');
  });
});

describe('at once', () => {
  test('eight senders, one dataset: every row is there once, and the submission counts them all', async () => {
    const one = await dataset({ byCall: {} });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, call) =>
        pushed(
          one.id,
          Array.from({ length: 25 }, (_, i) => row(`s${call % 8}`, call * 25 + i)),
        ),
      ),
    );
    const batches = new Set(answers.map(({ batch }) => batch));
    assert.equal(batches.size, 1);
    assert.equal(await stored(one.id), 1000);
    const { counts, calls } = await batchOf([...batches][0] ?? '');
    assert.deepEqual([counts, calls], [{ records: 1000, rows: 1000, bad: 0, skipped: 0 }, 40]);
  });

  test('the same key from all sides: one row stays, and of an added-only dataset the first', async () => {
    const one = await dataset({ byCall: {}, onRewrite: 'hold' });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => pushed(one.id, [row('same', 1, { pm25: i })])),
    );
    assert.equal(
      answers.reduce((sum, { accepted }) => sum + accepted, 0),
      1,
    );
    assert.equal(await stored(one.id), 1);
    const key = randomUUID();
    const twice = await Promise.all(
      Array.from({ length: 6 }, () => pushed(one.id, [row('same', 2)], { key })),
    );
    assert.equal(new Set(twice.map((answer) => JSON.stringify(answer))).size, 1);
    assert.equal(await stored(one.id), 2);
  });
});

test('the next day begins another submission, and a row says which one brought it', async () => {
  const one = await dataset({ byCall: {} });
  const first = await pushed(one.id, [row('day', 1)]);
  await yesterday(first.batch);
  const second = await pushed(one.id, [row('day', 2)]);
  assert.notEqual(second.batch, first.batch);
  assert.deepEqual(
    [(await batchOf(first.batch))['state'], (await batchOf(second.batch))['state']],
    ['superseded', 'published'],
  );
  for (const [minute, { batch }] of [
    [1, first],
    [2, second],
  ] as const) {
    const key = { station: 'day', time: at(minute) };
    const { json } = await post(sender, `/v1/datasets/${one.id}/rows/origin`, { key });
    assert.equal((json as { batch: string }).batch, batch);
  }
});

test('an existing dataset may take rows by call once the security officer agrees', async () => {
  const { id } = await dataset({});
  const steward = await hub.token('han', ['steward'], 'ecology');
  const { digest } = (await hub.staff(steward, 'GET', `/v1/datasets/${id}`)).json['dataset'] as {
    digest: string;
  };
  const amended = await hub.staff(steward, 'POST', `/v1/datasets/${id}/amendment`, {
    ...{ digest, reason: '传感器直接报送', intake: { byCall: {} } },
  });
  assert.equal(amended.status, 202, 'the security officer agrees first');
});
