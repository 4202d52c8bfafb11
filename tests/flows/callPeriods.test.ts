/** Rows in one call of a dataset with periods: which partitions begin, which rows are bad, and that none of them blocks the others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { deleteRows } from '../../clients/sdk/deleteRows.ts';
import { maxLater, nextPeriods } from '../../hub/domain/periods.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { ready } from '../../hub/flows/intake/rowsByCall/publishRows.ts';
import { periodsThere } from '../../hub/flows/rows/store/periods.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { client: sender } = city.ecology;

type Row = Readonly<Record<string, unknown>>;

const urn = 'urn:datong:reading:1.0';
const field = (type: unknown, more: object = {}): object => ({
  ...{ type, 'x-title': { zh: '数据项', en: 'Field' }, 'x-sensitivity': 'L1', 'x-personal': 'none' },
  ...more,
});
await city.apply(
  [
    {
      kind: 'Schema',
      document: {
        ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
        ...{ 'x-title': { zh: '读数', en: 'Readings' }, 'x-class': 'general' },
        ...{ 'x-primary-key': ['/station', '/time'], additionalProperties: false },
        required: ['station', 'time'],
        properties: {
          station: field('string', { maxLength: 40 }),
          time: field('string', { format: 'date-time' }),
          pm25: field('number'),
        },
      },
    },
  ],
  [city.ecology],
);

let made = 0;
async function dataset(intake: object): Promise<{ readonly id: string }> {
  made += 1;
  const id = `ecology.periods-${made}`;
  const sharing = { type: 'none' };
  const title = { zh: '读数', en: 'Readings' };
  await city.apply(
    [{ kind: 'Dataset', id, title, schema: urn, mode: 'upsert', sharing, intake }],
    [city.ecology],
  );
  return { id };
}
/** Forty days before the test, so that no period of months is over. */
const firstMinute = database.now() - 40 * 86_400_000;
const row = (station: string, minute: number): Row => ({
  station,
  time: new Date(firstMinute + minute * 60_000).toISOString(),
  pm25: 30,
});
async function pushed(id: string, rows: readonly Row[]): Promise<components['schemas']['RowsAnswer']> {
  const { json } = await sender.call({
    method: 'POST',
    path: `/v1/datasets/${id}/rows`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(rows), 'utf8'),
    receipt: 'required',
  });
  return json as components['schemas']['RowsAnswer'];
}
const schemaOf = (id: string) =>
  hub.hub.services.registry.current.datasets.get(id)?.schema ?? assert.fail('no such dataset');
const stored = async (id: string): Promise<number> =>
  (await database.app.query(`SELECT FROM ${datasetTable(id, schemaOf(id))}`)).rowCount ?? 0;

test('periods: a late row is quarantined, a new period is made, rows of too many are quarantined', async () => {
  const one = await dataset({ byCall: {}, periods: { field: 'time', every: 'month', keep: 24 } });
  const late = { ...row('p', 1), time: '2020-01-01T00:00:00Z' };
  const answer = await pushed(one.id, [row('p', 1), late, row('p', 35 * 24 * 60)]);
  assert.deepEqual(answer.quarantined, [{ index: 1, field: 'time', rule: 'period.over' }]);
  assert.equal(await stored(one.id), 2);
  const nextButOne = Number(dayInChina(database.now()).slice(0, 4)) + 2;
  const many = Array.from({ length: 61 }, (_, i) => ({
    ...row('p', i),
    time: `${nextButOne + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-01T00:00:00Z`,
  }));
  const two = await dataset({ byCall: {}, periods: { field: 'time', every: 'month' } });
  const { accepted, quarantined } = await pushed(two.id, many);
  assert.deepEqual([accepted, quarantined.length], [maxLater, many.length - maxLater]);
  assert.deepEqual(quarantined[0], { index: maxLater, field: 'time', rule: 'period.many' });
});

test('rows of far days leave partitions free for rows of today; partitions without rows are dropped', async () => {
  const one = await dataset({ byCall: {}, periods: { field: 'time', every: 'day', keep: 30 } });
  const now = database.now();
  const when = (days: number): string => `${dayInChina(now + days * 86_400_000)}T08:00:00+08:00`;
  const far = Array.from({ length: 80 }, (_, i) => ({ ...row(`f${i}`, i), time: when(10_000 + i) }));
  const [today, ...parallel] = await Promise.all([
    pushed(one.id, [{ ...row('p', 1), time: when(0) }, ...far]),
    ...[20, 40, 60].map((from) => pushed(one.id, far.slice(from))),
  ]);
  const rules = new Set(today.quarantined.map(({ rule }) => rule));
  assert.deepEqual([...rules], ['period.many']);
  const schema = schemaOf(one.id);
  const days = await periodsThere(database.app, one.id, schema);
  assert.equal(days.length, 1 + maxLater, 'also where calls come at the same time');
  assert.equal(
    [today, ...parallel].every(({ quarantined }) => quarantined.every(({ rule }) => rule === 'period.many')),
    true,
  );
  // each day of the retention, and the next ones, still begin
  const others = Array.from({ length: 32 }, (_, i) => ({ ...row(`d${i}`, 1), time: when(i - 30) }));
  const later = await pushed(one.id, [...others, { ...row('far', 1), time: when(20_000) }]);
  assert.deepEqual(later.quarantined, [{ index: 32, field: 'time', rule: 'period.many' }]);
  const keys = far.map(({ time }, i) => ({ station: `f${i}`, time }));
  const gone = await deleteRows(
    (input) => sender.call(input),
    one.id,
    keys,
    'the clock of the device was wrong',
  );
  assert.ok(gone.json.deleted >= maxLater);
  assert.equal(await hub.hub.runner.run('destroyPeriods'), 'ok');
  const left = await periodsThere(database.app, one.id, schema);
  assert.deepEqual([left[0], left.at(-1)], [when(-30).slice(0, 10), when(1).slice(0, 10)]);
  // a period that was there, whichever of the calls at once began it, begins again although it was dropped
  const dropped = far.find(({ time }) => time.startsWith(days.at(-1) ?? 'none'));
  assert.equal((await pushed(one.id, [dropped ?? {}])).accepted, 1);
});

test('a device with a wrong clock costs one owner transaction in ten seconds and delays no other period', async () => {
  const one = await dataset({ byCall: {}, periods: { field: 'time', every: 'day' } });
  const when = (days: number): string => `${dayInChina(database.now() + days * 86_400_000)}T08:00:00+08:00`;
  await pushed(one.id, [{ ...row('p', 1), time: when(0) }]);
  const far = (from: number, count: number): readonly Row[] =>
    Array.from({ length: count }, (_, i) => ({ ...row(`f${i}`, i), time: when(10_000 + from + i) }));
  await pushed(one.id, far(0, maxLater));
  let owned = 0;
  let now = database.now();
  const owner = new Proxy(database.owner, {
    get: (pool, name): unknown => {
      const member: unknown = Reflect.get(pool, name, pool);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        if (name === 'connect') owned += 1;
        return Reflect.apply(member, pool, given);
      };
    },
  });
  const { registry } = hub.hub.services;
  const live = registry.current.datasets.get(one.id) ?? assert.fail();
  const services = { database: { ...database, owner, now: () => now }, registry };
  const over = (times: readonly string[]): Promise<readonly string[]> =>
    ready(services, live, { periods: new Map(times.map((time) => [time.slice(0, 10), 0])) as never });
  const beyond = when(20_000).slice(0, 10);
  assert.deepEqual([await over([when(20_000)]), owned > 0], [[beyond], true]);
  owned = 0;
  for (let call = 0; call < 20; call += 1)
    assert.deepEqual(await over([when(0), when(20_000)]), [beyond], 'known periods continue');
  assert.equal(owned, 0);
  assert.deepEqual(await over([when(-3), when(20_000)]), [beyond], 'another period begins');
  assert.equal(owned, 1, 'the table was there');
  assert.ok((await periodsThere(database.app, one.id, live.schema)).includes(when(-3).slice(0, 10)));
  now += 10_001;
  owned = 0;
  assert.deepEqual(await over([when(20_000)]), [beyond]);
  assert.ok(owned > 0, 'the database is queried again');
  // once its day has come, the earlier refusal does not count
  now += 20_000 * 86_400_000 - 15_000;
  const [today = ''] = nextPeriods({ every: 'day' }, now);
  assert.deepEqual(await over([`${today}T08:00:00+08:00`]), []);
});

test('a job makes the next day periods; a late row is quarantined; periods of an hour require the pattern of hourly times', async () => {
  const one = await dataset({ byCall: {}, periods: { field: 'time', every: 'day', keep: 2 } });
  const now = database.now();
  const when = (days: number): string => `${dayInChina(now + days * 86_400_000)}T08:00:00+08:00`;
  await pushed(one.id, [
    { ...row('p', 1), time: when(0) },
    { ...row('p', 2), time: when(-2) },
  ]);
  const schema = schemaOf(one.id);
  assert.equal(await hub.hub.runner.run('makePeriods'), 'ok');
  const there = await periodsThere(database.app, one.id, schema);
  assert.deepEqual(
    there,
    [-2, 0, 1, 2].map((days) => when(days).slice(0, 10)),
  );
  await pushed(one.id, [{ ...row('p', 3), time: when(0) }]);
  const late = await pushed(one.id, [{ ...row('p', 4), time: when(-3) }]);
  assert.deepEqual(late.quarantined, [{ index: 0, field: 'time', rule: 'period.over' }]);
  const shown = await hub.staff(city.operator, 'GET', `/v1/datasets/${one.id}`);
  assert.deepEqual((shown.json['periods'] as { there: object[] }).there[0], {
    period: when(-2).slice(0, 10),
    goesOn: when(1).slice(0, 10),
  });
  const hourly = await hub.staff(city.operator, 'POST', '/v1/datasets', {
    ...{ id: 'ecology.unfit', title: { zh: '读数', en: 'Readings' }, schema: urn, mode: 'upsert' },
    ...{ sharing: { type: 'none' }, intake: { periods: { field: 'time', every: 'hour' } } },
  });
  assert.equal(hourly.json['code'], 'periods_unfit');
});
