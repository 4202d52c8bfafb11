/** Rules over rows by call: which readings raise an event, once each, whatever ends the hub, and who receives it. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { periodOf } from '../../clients/cli/rule.ts';
import { deleteRows } from '../../clients/sdk/deleteRows.ts';
import type { EventRule } from '../../hub/domain/eventRule.ts';
import { timeText } from '../../hub/domain/timeField.ts';
import { testDatabase } from '../database.ts';
import { testHub } from '../hub.ts';
import { alarmsHub, at, row, start, topic, type } from './alarmsHub.ts';
import { newestLeaves } from './leaves.ts';
import { ruleRounds } from './ruleRounds.ts';

const database = await testDatabase({ connections: 20 });
const hub = await testHub({ database, jobsByTime: false });
after(() => hub.stop());
const alarms = await alarmsHub(hub);
const { city, dataset, push } = alarms;
const { received, evaluate, holding, round, run } = ruleRounds(hub, database, alarms);
/** What readings of one station, one call each minute, raise: the minutes. */
async function minutes(
  rules: readonly Partial<EventRule>[],
  levels: readonly (number | null)[],
): Promise<number[]> {
  const id = await dataset(rules);
  for (const [minute, level] of levels.entries()) await push(id, [row('甲', minute, level)]);
  await evaluate();
  return (await received()).map((event) => (Date.parse(String(event['time'])) - start) / 60_000);
}

describe('which readings raise an event', () => {
  test('one per crossing, with the values of the event', async () => {
    const id = await dataset([{ when: 'level > 150', severity: 'alarm' }]);
    await push(id, [row('甲', 1, 151), row('乙', 1, 150), row('甲', 2, 170)]);
    await push(id, [row('甲', 3, 100), row('甲', 4, 151)]);
    await evaluate();
    assert.deepEqual(await received(), [
      { station: '甲', time: at(1), rule: 'high', severity: 'alarm', value: 151 },
      { station: '甲', time: at(4), rule: 'high', severity: 'alarm', value: 151 },
    ]);
    const leaf = (await newestLeaves(database, 40)).find(({ operation }) => operation === 'evaluateRules');
    assert.deepEqual([leaf?.kind, leaf?.dataset, leaf?.change], ['intake', id, { topic, stored: 2 }]);
  });

  test('a window of readings, hysteresis, cool-down, a rise, and late readings', async () => {
    const three = { when: 'level > 150 for 3 of 4 readings' };
    assert.deepEqual(await minutes([three], [151, 100, 151, 100, 151, 151]), [5]);
    assert.deepEqual(
      await minutes([{ when: 'level >= 20', until: 'level < 10' }], [20, 15, 21, 9, 20]),
      [0, 4],
    );
    const cool = { when: 'level > 1', coolDownSeconds: 180 };
    assert.deepEqual(await minutes([cool], [2, 0, 2, 2, 0, 2]), [0, 3]);
    assert.deepEqual(await minutes([{ when: 'level rises 20 in 10 min' }], [50, 60, 69, 70, null, 90]), [3]);
    assert.deepEqual(await minutes([{ when: 'level falls 5 in 2 min' }], [50, 49, 48, 47, 43]), [4]);
    // in binary arithmetic 1.3 - 1.1 is less than 0.2
    assert.deepEqual(await minutes([{ when: 'level rises 0.2 in 10 min' }], [1.1, 1.3]), [1]);
    assert.deepEqual(await minutes([{ when: 'level falls 0.2 in 10 min' }], [1.3, 1.1]), [1]);

    const id = await dataset([{ when: 'level > 1 for 2 readings' }]);
    await push(id, [row('甲', 10, 2), row('甲', 12, 0)]);
    await push(id, [row('甲', 11, 2)]);
    await push(id, [row('甲', 1, 2)]);
    await evaluate();
    assert.deepEqual(await received(), [], 'the late reading takes its place before the last one');
  });

  test('an event has time and value of one reading, also when a late one fires and the newest has no value', async () => {
    const id = await dataset([{ when: 'level > 1 for 2 readings' }]);
    await push(id, [row('甲', 1, 2), row('甲', 5, null)]);
    await push(id, [row('甲', 3, 7)]);
    await evaluate();
    const events = await received();
    assert.deepEqual(
      events.map(({ time, value }) => [Date.parse(String(time)), value]),
      [[Date.parse(at(3)), 7]],
    );
  });

  test('a late reading that fires by an older one than the newest row gives an event that its type takes', async () => {
    const id = await dataset([{ when: 'level > 1 for 2 readings' }]);
    await push(id, [row('甲', 3, 7), row('甲', 5, null)]);
    await push(id, [row('甲', 1, 2)]);
    await evaluate();
    const events = await received();
    assert.deepEqual(
      events.map(({ time, value }) => [time, value]),
      [[at(3), 7]],
    );
  });

  test('a reading far ahead of its arrival hides no other one, also where the dataset accepts it', async () => {
    const ahead = { ...row('甲', 0, 0), time: '9999-12-31T23:59:59+08:00' };
    const rules = [
      { id: 'high', when: 'level > 150', coolDownSeconds: 60 },
      { id: 'high-twice', when: 'level > 150 for 2 of 3 readings' },
      { id: 'rising', when: 'level rises 20 in 10 min' },
    ];
    for (const byCall of [{}, { time: { field: 'time', onAhead: 'take' } }]) {
      const id = await dataset(rules, { byCall });
      await push(id, [row('甲', 1, 140), { ...ahead, level: 900 }]);
      await push(id, [row('甲', 2, 160)]);
      await push(id, [{ ...ahead, time: '9999-12-31T23:59:58+08:00' }]);
      await push(id, [row('甲', 3, 161)]);
      await evaluate();
      const events = (await received()).map(({ rule, time }) => [rule, time]);
      assert.deepEqual(events, [
        ['high', at(2)],
        ['rising', at(2)],
        ['high-twice', at(3)],
      ]);
      const steward = await hub.token('shuiwen', ['steward'], 'ecology');
      const { json } = await hub.staff(steward, 'POST', `/v1/datasets/${id}/rule-trials`, {
        rules: rules.map((rule) => ({ ...rule, severity: 'warning', type })),
        from: at(0),
        until: '9999-12-31T23:59:59Z',
      });
      assert.deepEqual(
        [json['readings'], json['rules']],
        [
          5,
          [
            { id: 'high', fired: 1, series: 1, times: [at(2)] },
            { id: 'high-twice', fired: 1, series: 1, times: [at(3)] },
            { id: 'rising', fired: 1, series: 1, times: [at(2)] },
          ],
        ],
      );
    }
  });

  test('a leap second is a reading: after the second before it, and as it was written', async () => {
    const leap = '2017-01-01T07:59:60+08:00';
    const readings = (...levels: readonly (readonly [string, number])[]) =>
      levels.map(([time, level]) => ({ ...row('甲', 0, level), time }));
    const id = await dataset([{ when: 'level > 1 for 2 readings' }]);
    await push(id, readings(['2017-01-01T07:59:59+08:00', 2], [leap, 3]));
    await evaluate();
    assert.deepEqual(
      (await received()).map(({ time, value }) => [time, value]),
      [[leap, 3]],
    );
    const rise = await dataset([{ when: 'level rises 20 in 10 min' }]);
    await push(
      rise,
      readings(['2017-01-01T07:55:00+08:00', 1], [leap, 2], ['2017-01-01T08:00:30+08:00', 21]),
    );
    await evaluate();
    assert.deepEqual(
      (await received()).map(({ value }) => value),
      [21],
    );
  });

  test('no reading for some time: once, until one comes again', async () => {
    const id = await dataset([{ when: 'no reading for 15 min', id: 'silent' }]);
    await push(id, [row('甲', 1, 1), row('乙', 1, 1)]);
    await evaluate();
    const later = async (ms: number): Promise<readonly Readonly<Record<string, unknown>>[]> => {
      await run(database.now() + ms);
      return received();
    };
    assert.deepEqual(await later(14 * 60_000), []);
    const silent = await later(16 * 60_000);
    assert.deepEqual(silent.map(({ station: name, value }) => [name, value]).sort(), [
      ['乙', null],
      ['甲', null],
    ]);
    assert.deepEqual(await later(40 * 60_000), []);
    await push(id, [row('甲', 2, 1)]);
    await evaluate();
    assert.deepEqual((await later(16 * 60_000)).length, 1);
  });

  test('a false reading that is deleted does not suppress the next alarm, nor does its cool-down', async () => {
    const rule = { when: 'level > 150', until: 'level < 100', coolDownSeconds: 3_600 };
    const id = await dataset([rule]);
    await push(id, [row('甲', 0, 140), row('甲', 1, 999)]);
    await evaluate();
    assert.deepEqual(
      (await received()).map(({ value }) => value),
      [999],
    );
    const call = city.ecology.client.call.bind(city.ecology.client);
    const { json } = await deleteRows(call, id, [{ station: '甲', time: at(1) }], '误报');
    assert.equal(json.deleted, 1);
    await push(id, [row('甲', 2, 160)]);
    await evaluate();
    assert.deepEqual(
      (await received()).map(({ value }) => value),
      [160],
    );
  });

  test('a row that deletes its key is no reading', async () => {
    const id = await dataset([{ when: 'level > 1' }], { deleteWhere: { field: 'state', is: ['gone'] } });
    await push(id, [{ ...row('甲', 1, 2), state: 'gone' }]);
    await evaluate();
    assert.deepEqual(await received(), []);
  });
});

describe('once each', () => {
  test('an event of the department with the source and id of a later event of the rule does not stop the rule', async () => {
    const id = await dataset([{ when: 'level > 150' }]);
    const { rows } = await database.owner.query<{ last: string }>(
      "SELECT last_value::text AS last FROM pg_sequences WHERE schemaname || '.' || sequencename = pg_get_serial_sequence('series_change', 'sequence')",
    );
    const events = Array.from({ length: 20 }, (_, i) => ({
      specversion: '1.0' as const,
      id: `high.${Number(rows[0]?.last ?? 0) + 1 + Math.floor(i / 4)}.${i % 4}`,
      source: `/v1/datasets/${id}`,
      type,
      data: { station: '乙', time: at(1), rule: 'high', severity: 'info', value: 0 },
    }));
    const [first] = events;
    assert.ok(first);
    await city.ecology.client.events.publish(topic, events);
    await push(id, [row('甲', 1, 151)]);
    await evaluate();
    assert.ok((await received()).some(({ station: name, value }) => name === '甲' && value === 151));
  });

  test('a hub that ends before or within the transaction raises the event at its next start, and once', async () => {
    const id = await dataset([{ when: 'level > 150' }]);
    await push(id, [row('甲', 1, 151)]);
    for (const fail of ['before', 'within'] as const) {
      const { failures } = await run(database.now(), fail);
      assert.match(String(failures?.[0]), /killed/);
    }
    assert.deepEqual(await received(), []);
    for (let again = 0; again < 2; again += 1) assert.deepEqual((await run(database.now())).failures, []);
    assert.equal((await received()).length, 1);
  });

  test('a call with a lower number that commits during a round is seen by the next one', async () => {
    const id = await dataset([{ when: 'level > 150' }]);
    await push(id, [row('甲', 1, 151)]);
    const { rows: late } = await database.owner.query<{ sequence: string; fields: string[]; rows: string }>(
      'DELETE FROM series_change WHERE dataset = $1 RETURNING sequence, fields, rows::text',
      [id],
    );
    assert.equal(late.length, 1);
    await push(id, [row('乙', 1, 151)]);
    const [call] = late;
    const { failures } = await holding((held) =>
      round(held, database.now(), async () => {
        await database.owner.query(
          'INSERT INTO series_change (dataset, sequence, fields, rows) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4)',
          [id, call?.sequence, call?.fields, call?.rows],
        );
      }),
    );
    assert.deepEqual(failures, []);
    const names = async (): Promise<unknown[]> => (await received()).map(({ station: name }) => name);
    // the round goes on while calls wait
    const first = await names();
    await run(database.now());
    assert.deepEqual([...first, ...(await names())], ['乙', '甲']);
  });

  test('two processes at once: the rows are seen once', async () => {
    const id = await dataset([{ when: 'level > 150' }]);
    for (let minute = 0; minute < 30; minute += 1)
      await push(id, [row('甲', minute, minute % 2 === 0 ? 151 : 0)]);
    await holding((held) => Promise.all([1, 2, 3].map(() => round(held, database.now()))));
    for (let rest = 0; rest < 3; rest += 1) await evaluate();
    const found = await received();
    assert.equal(found.length, 15);
    const { rows } = await database.owner.query('SELECT FROM series_change WHERE dataset = $1', [id]);
    assert.equal(rows.length, 0);
  });
});

describe('rules of a dataset', () => {
  test('one that cannot be read, or whose type does not take its events, is refused', async () => {
    const refused = (rule: Partial<EventRule>, more: object = {}): Promise<unknown> =>
      assert.rejects(dataset([rule], more), /event_rule_unfit/);
    for (const when of ['level >> 3', 'note > 3', 'level > 3 for 5 of 4 readings', 'no reading for 1 s'])
      await refused({ when });
    await refused({ when: 'level > 3', until: 'other < 2' });
    await refused({ when: 'level > 3', type: 'ecology.nothing' });
    await refused({ when: 'level > 3' }, { timeField: undefined });
    await assert.rejects(dataset([{ when: 'level > 3' }, { when: 'level > 4' }]), /event_rule_unfit/);
  });

  test('tried on stored readings: what would have fired, without rows', async () => {
    const id = await dataset([{ when: 'level > 1000' }]);
    await push(id, [
      row('甲', 1, 151),
      row('甲', 2, 160),
      row('甲', 3, 100),
      row('甲', 4, 151),
      row('乙', 30, 200),
    ]);
    const steward = await hub.token('shuiwen', ['steward'], 'ecology');
    const rules = [
      { id: 'high', when: 'level > 150', severity: 'warning', type },
      { id: 'silent', when: 'no reading for 15 min', severity: 'warning', type },
    ];
    const tried = (body: object): Promise<{ status: number; json: Readonly<Record<string, unknown>> }> =>
      hub.staff(steward, 'POST', `/v1/datasets/${id}/rule-trials`, body);
    const { json } = await tried({ rules, from: at(0), until: at(40) });
    assert.deepEqual(json, {
      readings: 5,
      whole: true,
      rules: [
        { id: 'high', fired: 3, series: 2, times: [at(1), at(4), at(30)] },
        { id: 'silent', fired: 1, series: 1, times: [at(19)] },
      ],
    });
    assert.deepEqual(await received(), [], 'nothing is published');
    const unfit = await tried({ rules: [{ ...rules[0], when: 'level' }], from: at(0), until: at(1) });
    assert.equal(unfit.json['code'], 'event_rule_unfit');
    // what registration refuses: a topic, no type at all, a dataset with rows
    for (const none of [topic, 'ecology.no-such-type', id]) {
      const { status, json } = await tried({
        rules: [{ ...rules[0], type: none }],
        from: at(0),
        until: at(40),
      });
      assert.deepEqual([status, json['code']], [422, 'event_rule_unfit'], none);
      assert.match(JSON.stringify(json), /type must be a type of event/);
    }
    assert.deepEqual(periodOf('2026-09-01T08'), {
      from: '2026-09-01T00:00:00.000Z',
      until: '2026-09-01T01:00:00.000Z',
    });
    assert.deepEqual(periodOf('2026-12'), {
      from: '2026-11-30T16:00:00.000Z',
      until: '2026-12-31T16:00:00.000Z',
    });
  });

  test('tried until a moment in the future: a silence counts only once it has happened', async () => {
    const id = await dataset([{ when: 'level > 1000' }]);
    const now = Math.floor(database.now() / 1_000) * 1_000;
    const ago = (name: string, minutesAgo: number): object => ({
      ...row(name, 0, 1),
      time: timeText(now - minutesAgo * 60_000),
    });
    await push(id, [ago('甲', 20) as never, ago('乙', 2) as never]);
    const steward = await hub.token('shuiwen', ['steward'], 'ecology');
    const { json } = await hub.staff(steward, 'POST', `/v1/datasets/${id}/rule-trials`, {
      rules: [{ id: 'silent', when: 'no reading for 15 min', severity: 'warning', type }],
      from: timeText(now - 3_600_000),
      until: timeText(now + 3_600_000),
    });
    assert.deepEqual(json['rules'], [
      { id: 'silent', fired: 1, series: 1, times: [timeText(now - 5 * 60_000)] },
    ]);
  });

  test('tried from one moment until before another, with and without a fraction of the second', async () => {
    const id = await dataset([{ when: 'level > 1000' }]);
    const plain = (minute: number): string => at(minute).replace('.000', '');
    await push(id, [
      { ...row('甲', 0, 200), time: plain(0) },
      row('乙', 0, 200),
      { ...row('丙', 1, 200), time: at(1).replace('.000', '.5') },
      { ...row('丁', 10, 200), time: plain(10) },
      row('戊', 10, 200),
    ]);
    const steward = await hub.token('shuiwen', ['steward'], 'ecology');
    const rules = [{ id: 'high', when: 'level > 150', severity: 'warning', type }];
    const readings = async (from: string, until: string): Promise<unknown> =>
      (await hub.staff(steward, 'POST', `/v1/datasets/${id}/rule-trials`, { rules, from, until })).json[
        'readings'
      ];
    const half = at(1).replace('.000', '.500');
    assert.equal(await readings(at(0), at(1)), 2);
    assert.equal(await readings(half, at(9)), 1);
    assert.equal(await readings(at(-1), half), 2);
    assert.equal(await readings(at(9), at(10)), 0);
    assert.equal(await readings(at(0), at(10)), 3);
  });

  test('a rule that goes waits for the security officer', async () => {
    const id = await dataset([{ when: 'level > 150' }]);
    await push(id, [row('甲', 1, 151)]);
    await evaluate();
    await received();
    const steward = await hub.token('shui', ['steward'], 'ecology');
    const { json } = await hub.staff(steward, 'GET', `/v1/datasets/${id}`);
    const { digest } = json['dataset'] as { digest: string };
    const amended = await hub.staff(steward, 'POST', `/v1/datasets/${id}/amendment`, {
      digest,
      reason: '不再预警',
      intake: { byCall: {}, timeField: 'time' },
    });
    assert.equal(amended.status, 202, JSON.stringify(amended.json));
  });
});

test('a response plan opens for events of rules; a full plan is reported and the events are stored', async () => {
  const plan = {
    id: 'ecology.high-water',
    title: { zh: '高水位', en: 'High water' },
    type,
    maxHours: 1,
    steps: [
      {
        id: 'seen',
        title: { zh: '知悉', en: 'Seen' },
        departments: ['education'],
        grade: 'received',
        withinSeconds: 600,
      },
    ],
  };
  const [author, second] = [
    await hub.token('plan-author', ['steward'], 'ecology'),
    await hub.token('plan-second', ['steward'], 'ecology'),
  ];
  const { json } = await hub.staff(author, 'POST', '/v1/response-plans', plan);
  const path = `/v1/proposals/${String(json['proposal'])}`;
  const { digest } = (await hub.staff(second, 'GET', path)).json;
  assert.ok((await hub.staff(second, 'POST', `${path}/acceptance`, { digest })).status < 300);
  const opened = async (): Promise<number> =>
    Number((await database.owner.query<{ n: string }>('SELECT count(*) AS n FROM open_event')).rows[0]?.n);
  const stored = async (): Promise<number> =>
    Number((await database.owner.query<{ n: string }>('SELECT count(*) AS n FROM event')).rows[0]?.n);

  const id = await dataset([{ when: 'level > 150' }]);
  const before = await stored();
  await push(id, [row('甲', 1, 151)]);
  await evaluate();
  assert.deepEqual([await opened(), (await stored()) - before], [1, 1]);
  const leaf = (await newestLeaves(database, 5)).find(({ operation }) => operation === 'evaluateRules');
  assert.equal(leaf?.change?.['opened'], 1);

  await push(
    id,
    Array.from({ length: 200 }, (_, at) => row(`站${at}`, 1, 151)),
  );
  assert.equal(await hub.hub.runner.run('evaluateRules'), 'open_events_full');
  assert.deepEqual(
    [await opened(), (await stored()) - before],
    [1, 201],
    'no call of the plan is lost in silence',
  );
  await evaluate();
  assert.equal((await stored()) - before, 201);
});
