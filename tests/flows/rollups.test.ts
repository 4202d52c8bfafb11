/** Datasets that are computed from readings: values equal a computation from all readings, also with readings that came late, twice or were cut off. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refuseDerived } from '../../hub/features/registry/operations/changeover/refuseDerived.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { bucketEnd, bucketOf } from '../../hub/domain/rollup.ts';
import { periodsThere } from '../../hub/flows/rows/store/periods.ts';
import type { Registry } from '../../hub/registry/registry.ts';
import { Problem } from '../../terms/problem.ts';
import { commit, reported, uploaded } from './intakeCalls.ts';
import { newestLeaves } from './leaves.ts';
import { requestedHold } from './requestedHold.ts';
import {
  database,
  hub,
  agreed,
  type Row,
  field,
  schema,
  computed,
  fields,
  apply,
  register,
  pair,
  at,
  reading,
  push,
  compute,
  stored,
  compared,
  holding,
  round,
  nextName,
  sender,
  reader,
} from './rollupsHub.ts';

test('buckets begin and end on the clock of China', () => {
  const moment = '2026-09-01T23:59:59.5+08:00';
  assert.equal(bucketOf('1min', moment), '2026-09-01T23:59:00+08:00');
  assert.equal(bucketOf('15min', moment), '2026-09-01T23:45:00+08:00');
  assert.equal(bucketOf('1h', moment), '2026-09-01T23:00:00+08:00');
  assert.equal(bucketOf('1d', moment), '2026-09-01T00:00:00+08:00');
  assert.equal(bucketEnd('1h', bucketOf('1h', moment)), '2026-09-02T00:00:00+08:00');
  assert.equal(bucketEnd('1d', bucketOf('1d', moment)), '2026-09-02T00:00:00+08:00');
  const last = '9999-12-31T23:59:59.999999999+08:00';
  for (const every of ['1min', '5min', '15min', '30min', '1h', '1d'] as const)
    assert.ok(bucketEnd(every, bucketOf(every, last)) > last, every);
});

describe('what is computed', () => {
  test('values per series and bucket, an entry for them, and nothing where nothing changed', async () => {
    const both = await pair();
    await push(both.of, [
      reading('甲', 0, 1),
      reading('甲', 59, 4),
      reading('甲', 60, 9),
      reading('乙', 30, null, null),
    ]);
    await compute();
    assert.deepEqual(await stored(both.id), [
      {
        station: '乙',
        time: '2026-09-01T08:00:00+08:00',
        level_avg: null,
        level_max: null,
        level_count: 0,
        flow_sum: null,
      },
      {
        station: '甲',
        time: '2026-09-01T08:00:00+08:00',
        level_avg: 2.5,
        level_max: 4,
        level_count: 2,
        flow_sum: 2,
      },
      {
        station: '甲',
        time: '2026-09-01T09:00:00+08:00',
        level_avg: 9,
        level_max: 9,
        level_count: 1,
        flow_sum: 1,
      },
    ]);
    const entries = async () =>
      (await newestLeaves(database, 40)).filter(({ operation }) => operation === 'computeRollups');
    const found = await entries();
    assert.deepEqual([found[0]?.kind, found[0]?.dataset, found[0]?.batch?.rows], ['intake', both.id, 3]);
    await compute();
    assert.equal((await entries()).length, found.length);
    const { rows } = await database.owner.query('SELECT FROM rollup_change');
    assert.equal(rows.length, 0);
  });

  for (const every of ['1min', '15min', '1h', '1d'] as const)
    test(`late, corrected and deleted readings correct their bucket of ${every}`, async () => {
      const both = await pair({ every, more: { deleteWhere: { field: 'note', is: ['gone'] } } });
      let seed = 7;
      const random = (max: number): number => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed % max;
      };
      for (let call = 0; call < 12; call += 1) {
        const rows = new Map<string, Row>();
        for (let i = 0; i < 60; i += 1) {
          const row = reading(`站${random(5)}`, random(2_000), random(10) === 0 ? null : random(1_000) / 8);
          rows.set(`${String(row['station'])} ${String(row['time'])}`, row);
        }
        await push(both.of, [...rows.values()]);
        if (call % 3 === 0) await compute();
      }
      await compute();
      assert.deepEqual(...(await compared(both, every)));
      const [first] = await stored(both.of);
      await push(
        both.of,
        [{ ...first, level: 5_000 }].map(({ secret: _s, note: _n, ...rest }: Row) => rest),
      );
      await compute();
      assert.deepEqual(...(await compared(both, every)));
    });

  test('readings that were stored before are computed too, in steps', async () => {
    const earlier: Row[] = [];
    for (let minute = 0; minute < 4_600; minute += 1)
      earlier.push(reading(`站${minute % 2}`, minute, minute % 97));
    const both = await pair({ every: '1min' }, earlier);
    for (let step = 0; step < 4; step += 1) await compute();
    assert.deepEqual(...(await compared(both, '1min')));
  });

  for (const every of ['1min', '1h', '1d'] as const)
    test(`a reading at the end of the year 9999 does not stop a computation of ${every}`, async () => {
      const last = { ...reading('乙', 0, 7), time: '9999-12-31T23:59:59+08:00' };
      const both = await pair({ every }, [
        reading('甲', 0, 1),
        reading('乙', 0, 2),
        ...[last, reading('丙', 0, 3), reading('丙', 90, 5)],
      ]);
      await compute();
      assert.deepEqual(...(await compared(both, every)));
      const { rows } = await database.owner.query('SELECT place FROM rollup_position WHERE dataset = $1', [
        both.id,
      ]);
      assert.deepEqual(rows, [{ place: null }]);
    });

  test('readings of a file are computed', async () => {
    const both = { of: 'ecology.levels-of-files', id: 'ecology.levels-of-files-computed' };
    const document = {
      mapping: 'ecology/levels-file@1',
      target: 'levels@1',
      source: { format: 'csv' },
      limits: { maxBad: 0 },
      fields: {
        station: { from: 'station' },
        time: { from: 'time' },
        level: { from: 'level', number: true },
      },
    };
    const title = { zh: '水位', en: 'Levels' };
    await apply([
      {
        kind: 'Dataset',
        id: both.of,
        title,
        schema: 'urn:datong:levels:1.0',
        mode: 'upsert',
        sharing: { type: 'none' },
        intake: { byCall: {}, timeField: 'time' },
      },
      { kind: 'Mapping', dataset: both.of, document },
    ]);
    await register(both.id, 'levels-hourly', { rollup: { of: both.of, every: '1h', fields } });
    await push(both.of, [reading('甲', 0, 1)]);
    await compute();
    const csv = Buffer.from(`station,time,level\n甲,${at(1)},5\n乙,${at(200)},7\n`);
    const batch = await uploaded(sender, both.of, csv);
    assert.equal(await reported(commit(sender, batch, csv, 'levels-file@1')), '200');
    await compute();
    assert.equal((await stored(both.id)).length, 2);
    assert.deepEqual(...(await compared(both)));
  });

  test('readings in periods of an hour', async () => {
    const both = await pair({ more: { periods: { field: 'time', every: 'hour' } } });
    await push(both.of, [reading('甲', 0, 1), reading('甲', 61, 2), reading('乙', 130, 3)]);
    await push(both.of, [reading('甲', 59, 8)]);
    const { schema: read } = hub.hub.services.registry.current.datasets.get(both.of) ?? assert.fail();
    assert.deepEqual(await periodsThere(database.app, both.of, read), [
      '2026-09-01T08',
      '2026-09-01T09',
      '2026-09-01T10',
    ]);
    await compute();
    assert.deepEqual(...(await compared(both)));
  });

  test('no row is of a series that never was, or whose readings are deleted', async () => {
    const both = await pair({ more: { deleteWhere: { field: 'note', is: ['gone'] } } });
    await push(both.of, [reading('甲', 0, 1), reading('乙', 0, 2)]);
    await compute();
    const gone = ['乙', '丙'].map((station) => ({ ...reading(station, 0, 2), note: 'gone' }));
    await push(both.of, gone);
    await compute();
    assert.deepEqual(
      (await stored(both.id)).map((row) => row['station']),
      ['甲'],
    );
    const leaf = (await newestLeaves(database, 20)).find(({ change }) => change?.['act'] === 'delete');
    assert.deepEqual(
      [leaf?.operation, leaf?.dataset, leaf?.change?.['rows']],
      ['computeRollups', both.id, 1],
    );
    await push(both.of, [reading('乙', 5, 3)]);
    await compute();
    assert.deepEqual(...(await compared(both)));
  });

  test('a bucket whose readings are deleted has no row, and computed rows are not deleted on their own', async () => {
    const both = await pair();
    await push(both.of, [reading('甲', 0, 1), reading('甲', 60, 9)]);
    await compute();
    const steward = await hub.token('shuiwen', ['steward'], 'ecology');
    const keys = [{ station: '甲', time: at(0) }];
    const { json } = await hub.staff(steward, 'POST', `/v1/datasets/${both.of}/deletions`, {
      keys,
      reason: '误报',
    });
    assert.equal(json['deleted'], 1, JSON.stringify(json));
    await compute();
    assert.deepEqual(
      (await stored(both.id)).map((row) => [row['level_max'], row['level_count']]),
      [[9, 1]],
    );
    const one = await hub.staff(steward, 'POST', `/v1/datasets/${both.id}/deletions`, {
      keys,
      reason: '误报',
    });
    assert.equal(one.json['code'], 'rollup_computed');
  });

  test('rows of deleted readings stay under legal hold, and go once it ends', async () => {
    const both = await pair();
    await push(both.of, [reading('甲', 0, 1), reading('乙', 0, 9)]);
    await compute();
    const ends = await requestedHold(hub, await hub.token('保全', ['security']), both.id, 'SS-2026-0031');
    const steward = await hub.token('shuiwen', ['steward'], 'ecology');
    const deletion = { keys: [{ station: '甲', time: at(0) }], reason: '误报' };
    const { json } = await hub.staff(steward, 'POST', `/v1/datasets/${both.of}/deletions`, deletion);
    assert.equal(json['deleted'], 1, JSON.stringify(json));
    const stations = async () => (await stored(both.id)).map((row) => row['station']);
    for (let again = 0; again < 2; again += 1) await compute();
    assert.deepEqual((await stations()).sort(), ['乙', '甲']);
    await ends();
    await compute();
    assert.deepEqual(await stations(), ['乙']);
  });
});

describe('after a crash', () => {
  test('a process that ends before or within the transaction leaves nothing; the next one computes', async () => {
    const both = await pair();
    await compute();
    await push(both.of, [reading('甲', 0, 1), reading('乙', 70, 3)]);
    for (const fail of ['before', 'within'] as const) {
      const { failures } = await holding((held) => round(held, fail));
      const [failure] = failures ?? [];
      assert.ok(failure instanceof Problem && failure.facts['dataset'] === both.id);
      assert.match(String(failure.cause), /killed/);
      assert.equal((await stored(both.id)).length, 0);
    }
    assert.deepEqual((await holding((held) => round(held))).failures, []);
    assert.deepEqual(...(await compared(both)));
  });

  test('two processes at once, and calls in the meantime', async () => {
    const both = await pair();
    await compute();
    for (let turn = 0; turn < 4; turn += 1) {
      const rows = Array.from({ length: 50 }, (_, i) => reading(`站${i % 3}`, turn * 10 + i, i + turn));
      await Promise.all([push(both.of, rows), holding((held) => Promise.all([1, 2].map(() => round(held))))]);
    }
    await compute();
    assert.deepEqual(...(await compared(both)));
  });
});

test('a consumer reads it under its own agreement, which does not grant the readings', async () => {
  const both = await pair();
  await push(both.of, [reading('甲', 0, 1), reading('甲', 1, 2)]);
  await compute();
  await apply([
    {
      kind: 'Agreement',
      id: 'agr-hourly',
      version: 1,
      title: { zh: '小时值', en: 'Hourly' },
      provider: 'ecology',
      consumer: 'education',
      purposes: ['environment-study'],
      basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
      valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
      grants: [
        {
          dataset: both.id,
          schema: 'levels-hourly@1',
          requires: ['on-behalf-of'],
          deliveries: ['latest'],
          limits: { rowsPerCall: 100, callsPerDay: 100 },
          fields: {
            station: { mask: 'clear' },
            time: { mask: 'clear' },
            level_avg: { mask: 'clear' },
            level_max: { mask: 'nullify' },
          },
        },
      ],
    },
  ]);
  const ask = (dataset: string, more: object = {}) =>
    reader.query(dataset, more, { ...agreed, agreement: 'agr-hourly' });
  const { json } = await ask(both.id, { latest: true });
  assert.deepEqual(
    json.records.map((one) => ({
      station: one['station'],
      avg: one['level_avg'],
      max: one['level_max'] ?? null,
    })),
    [{ station: '甲', avg: 1.5, max: null }],
  );
  await assert.rejects(ask(both.of), (error: unknown) => error instanceof DatongProblem);
});

describe('refused', () => {
  const refused = (name: string, rollup: object, more: object = {}): Promise<unknown> => {
    const id = nextName();
    return assert.rejects(
      register(id, name, { rollup: { every: '1h', fields: { level: ['max'] }, ...rollup }, ...more }),
      /rollup_unfit/,
    );
  };

  test('readings of persons, of others, or without a series; a rollup of a rollup', async () => {
    await register('ecology.visits', 'visits', { byCall: {}, timeField: 'time' });
    await refused('visits-hourly', { of: 'ecology.visits', fields: { level: ['avg'] } });
    await register('ecology.plain', 'levels', { byCall: {} });
    await refused('levels-hourly', { of: 'ecology.plain', fields });
    await refused('levels-hourly', { of: 'education.nothing', fields });
    const { id } = await pair();
    await refused('levels-hourly', { of: id, fields });
  });

  test('fields that the schema does not have, that are not numbers, or that would be less protected', async () => {
    const { of } = await pair();
    await refused('levels-hourly', { of, fields: { level: ['min'] } });
    await refused('levels-hourly', { of, fields: { note: ['max'] } });
    await refused('levels-secret', { of, fields: { secret: ['avg'] } });
    await refused('levels-strange', { of, fields });
    await refused('levels-required', { of, fields: { level: ['max'] } });
    await refused('levels-hourly', { of, fields }, { byCall: {} });
  });

  test('keys that accept less, computed fields in steps, and readings that end before their bucket', async () => {
    const { of } = await pair();
    await refused('levels-narrow', { of, fields });
    await refused('levels-stepped', { of, fields: { level: ['avg'] } });
    const short = nextName();
    const periods = { field: 'time', every: 'hour', keep: 5 };
    await register(short, 'levels', { byCall: {}, timeField: 'time', periods });
    await refused('levels-hourly', { of: short, fields, every: '1d' });
    await register(`${short}-hourly`, 'levels-hourly', {
      timeField: 'time',
      rollup: { of: short, every: '1h', fields },
    });
  });

  test('other versions of either schema with which the rollup could not be computed', async () => {
    const { of, id } = await pair();
    const properties = { level: field(['number', 'null']), flow: field(['integer', 'null']) };
    const rest = {
      secret: field(['number', 'null'], { 'x-sensitivity': 'L3' }),
      note: field('string', { maxLength: 9 }),
    };
    const secret = field(['number', 'null'], { 'x-sensitivity': 'L2' });
    await apply([
      schema('levels', { ...properties, ...rest, level: secret }, { $id: 'urn:datong:levels:1.1' }),
      schema(
        'levels-hourly',
        { ...computed, other: field('number') },
        { $id: 'urn:datong:levels-hourly:1.1' },
      ),
    ]);
    const steward = await hub.token('shuiwen', ['steward'], 'ecology');
    const move = async (dataset: string, urn: string): Promise<unknown> => {
      const { json } = await hub.staff(steward, 'POST', `/v1/datasets/${dataset}/schema`, { schema: urn });
      return [json['code'], (json['findings'] as { code: string }[] | undefined)?.map(({ code }) => code)];
    };
    assert.deepEqual(await move(of, 'urn:datong:levels:1.1'), ['rebind_unfit', ['rollup_unfit']]);
    assert.deepEqual(await move(id, 'urn:datong:levels-hourly:1.1'), ['rebind_unfit', ['rollup_unfit']]);
    const { registry } = hub.hub.services;
    const live = registry.current.datasets.get(of) ?? assert.fail();
    const without = live.schema.fields.filter(({ name }) => name !== 'flow');
    await refuseDerived({ registry }, live.row, live.schema);
    const changed = { ...live.schema, fields: without };
    await assert.rejects(refuseDerived({ registry }, live.row, changed), /flow/);
    // one that an earlier release accepted: no failure of each run
    const datasets = new Map(registry.current.datasets).set(of, { ...live, schema: changed });
    const now = { current: { ...registry.current, datasets }, refresh: () => undefined };
    const { failures, waits } = await holding((held) =>
      round(held, undefined, { registry: now as unknown as Registry }),
    );
    assert.deepEqual(failures, []);
    assert.deepEqual(
      waits?.map(({ dataset, reason }) => [dataset, reason.code]),
      [[id, 'rollup_unfit']],
    );
  });

  test('readings of a retired dataset; those that are computed already remain', async () => {
    const both = await pair();
    await push(both.of, [reading('甲', 0, 1)]);
    await compute();
    const before = await stored(both.id);
    const steward = await hub.token('shuiwen', ['steward'], 'ecology');
    const second = await hub.token('shuiwen-2', ['steward'], 'ecology');
    const retire = async (token: string, more: object): Promise<unknown> => {
      const body = { act: 'retire', reason: '停测', ...more };
      const { json } = await hub.staff(token, 'POST', `/v1/datasets/${both.of}/decision`, body);
      return json['state'] ?? json['code'];
    };
    assert.equal(await retire(steward, {}), 'published');
    const { json } = await hub.staff(second, 'GET', `/v1/datasets/${both.of}`);
    const { digest } = json['retirement'] as { digest: string };
    assert.equal(await retire(second, { digest }), 'retired');
    await compute();
    assert.deepEqual(await stored(both.id), before);
    await refused('levels-hourly', { of: both.of, fields });
    const amend = async (rollup: object): Promise<unknown> => {
      const { json: shown } = await hub.staff(steward, 'GET', `/v1/datasets/${both.id}`);
      const { digest: read, intake } = shown['dataset'] as { digest: string; intake: { rollup: object } };
      const body = {
        digest: read,
        reason: '停测',
        title: { zh: '历史水位', en: 'former levels' },
        intake: { ...intake, rollup: { ...intake.rollup, ...rollup } },
      };
      const { json: reply } = await hub.staff(steward, 'POST', `/v1/datasets/${both.id}/amendment`, body);
      return reply['code'] ?? reply['amended'];
    };
    assert.equal(await amend({ fields: { level: ['avg'] } }), 'rollup_unfit');
    assert.deepEqual(await amend({}), ['title']);
  });

  test('submissions, and a change of source or length', async () => {
    const { of, id } = await pair();
    const problem = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'none',
        (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
      );
    assert.equal(await problem(push(id, [{ station: '甲', time: at(0) }])), 'rows_not_by_call');
    const open = sender.call({
      method: 'POST',
      path: `/v1/datasets/${id}/batches`,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ fileName: 'a.csv' }), 'utf8'),
      receipt: 'optional',
    });
    assert.equal(await problem(open), 'rollup_computed');
    const steward = await hub.token('shuiwen', ['steward'], 'ecology');
    const amend = async (dataset: string, intake: object): Promise<unknown> => {
      const { json } = await hub.staff(steward, 'GET', `/v1/datasets/${dataset}`);
      const { digest } = json['dataset'] as { digest: string };
      const body = { digest, reason: '换一种算法', intake };
      return (await hub.staff(steward, 'POST', `/v1/datasets/${dataset}/amendment`, body)).json['code'];
    };
    assert.equal(await amend(id, { timeField: 'time', rollup: { of, every: '1d', fields } }), 'rollup_unfit');
    assert.equal(await amend(id, { timeField: 'time' }), 'rollup_unfit');
    assert.equal(await amend(of, { byCall: {} }), 'rollup_unfit');
  });
});
