/** What rules raise while their type takes no events, or does not fit: it waits, and is published, dropped or deleted. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { deleteRows } from '../../clients/sdk/deleteRows.ts';
import { destroyPeriods } from '../../hub/flows/retention/destroyPeriods.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import type { Registry } from '../../hub/registry/registry.ts';
import type { LiveDataset } from '../../hub/registry/snapshot.ts';
import { testDatabase } from '../database.ts';
import { testHub } from '../hub.ts';
import { alarmsHub, at, row, start, type } from './alarmsHub.ts';
import { newestLeaves } from './leaves.ts';
import { post, reported, sha256, uploaded } from './intakeCalls.ts';
import { ruleRounds } from './ruleRounds.ts';

const database = await testDatabase({ connections: 20 });
const hub = await testHub({ database, jobsByTime: false });
after(() => hub.stop());
const alarms = await alarmsHub(hub);
const { city, dataset, push } = alarms;
const { received, evaluate, holding, round } = ruleRounds(hub, database, alarms);
/** What the hub logged of rules of a dataset that wait. */
const waitsOf = (id: string): readonly unknown[] =>
  hub.logged
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .filter(({ operation, dataset: of }) => operation === 'evaluateRules' && of === id)
    .map(({ msg, rule, code }) => [msg, rule, code]);
/** Deletes the first row of stations. */
async function deleted(id: string, ...stations: readonly string[]): Promise<void> {
  const keys = stations.map((one) => ({ station: one, time: at(1) }));
  const { json } = await deleteRows((input) => city.ecology.client.call(input), id, keys, '误报');
  assert.equal(json.deleted, stations.length);
}
const failures = async (): Promise<string | undefined> =>
  /^datong_failures_total (\d+)/m.exec(await (await fetch(`${hub.hub.origins.admin}/metrics`)).text())?.[1];

describe('a type that is suspended', () => {
  test('its crossings wait, other rules and readings go on, and each event is published once it is resumed', async () => {
    const steward = await hub.token('wen-of-alarms', ['steward'], 'ecology');
    const act = async (what: string): Promise<void> => {
      const path = `/v1/datasets/${type}/decision`;
      assert.equal((await hub.staff(steward, 'POST', path, { act: what, reason: 'test' })).status, 200);
    };
    const id = await dataset([{ id: 'high', when: 'level > 150', until: 'level < 100' }]);
    await push(id, [row('甲', 1, 90)]);
    await evaluate();
    await act('suspend');
    const failed = await failures();
    await push(id, [row('甲', 2, 200), row('甲', 3, 90), row('甲', 4, 210), row('乙', 4, 220)]);
    const waiting = `SELECT series, xmin::text, due FROM event_rule_state WHERE state -> 'held' IS NOT NULL ORDER BY series`;
    const written: unknown[] = [];
    for (const _run of [1, 2]) {
      await evaluate();
      written.push((await database.owner.query(waiting)).rows);
    }
    assert.deepEqual(written[0], written[1], 'what waits is not written again');
    await push(id, [row('甲', 5, 90)]);
    await evaluate();
    assert.deepEqual(waitsOf(id), [['waits', 'high', 'dataset_unavailable']], 'a state, reported once');
    await act('resume');
    // a reading of one series; the other is tried again by itself
    await push(id, [row('甲', 6, 250)]);
    await evaluate();
    assert.deepEqual(waitsOf(id).slice(1), [['no longer waits', 'high', 'dataset_unavailable']]);
    assert.equal(await failures(), failed, 'no failure of the hub');
    const events = (await received()).map(({ station, time }) => [station, time]);
    assert.deepEqual(events.sort(), [
      ['乙', at(4)],
      ['甲', at(2)],
      ['甲', at(4)],
      ['甲', at(6)],
    ]);
  });

  test('rows that are deleted, or destroyed with their period, leave no event and no memory with the rules', async () => {
    const steward = await hub.token('wen-of-deletions', ['steward'], 'ecology');
    const act = async (what: string): Promise<void> => {
      const path = `/v1/datasets/${type}/decision`;
      assert.equal((await hub.staff(steward, 'POST', path, { act: what, reason: 'test' })).status, 200);
    };
    const rules = [{ id: 'high', when: 'level > 150 for 1 of 3 readings', until: 'level < 100' }];
    const id = await dataset(rules, { periods: { field: 'time', every: 'month', keep: 3 } });
    const states = async (): Promise<readonly string[]> =>
      (
        await database.owner.query<{ text: string }>(
          'SELECT series || state::text AS text FROM event_rule_state WHERE dataset = $1 ORDER BY series',
          [id],
        )
      ).rows.map(({ text }) => text);
    const nextMonth = 31 * 24 * 60;
    await act('suspend');
    await push(id, [row('甲', 1, 211), row('乙', 1, 221), row('乙', 2, 90), row('乙', 3, 222)]);
    await push(id, [row('丙', 1, 231), row('丁', 1, 241), row('丁', 2, 90), row('丁', nextMonth, 242)]);
    await evaluate();
    await deleted(id, '甲', '乙');
    assert.doesNotMatch((await states()).join(), /甲|\b(?:211|221)\b/);
    assert.match((await states()).join(), /\b222\b/, 'other rows of the series remain');
    // what waits for the rules
    await push(id, [row('戊', 1, 251), row('己', 1, 261)]);
    await deleted(id, '戊');
    await evaluate();
    assert.doesNotMatch((await states()).join(), /戊/);
    // a round that has read the rows before their deletion
    await push(id, [row('庚', 1, 271)]);
    await act('resume');
    // the first month is over, the next one is the first that is retained
    const begun = new Date(start);
    const ends = await destroyPeriods(
      { database, registry: hub.hub.services.registry },
      Date.UTC(begun.getUTCFullYear(), begun.getUTCMonth() + 4, 2),
    );
    for (const end of ends)
      for await (const { retirement } of end())
        if (retirement?.dataset === id)
          await withTransaction(database.app, (transaction) => retirement.work(transaction, randomUUID()));
    assert.deepEqual(
      (await states()).map((text) => text.slice(0, 6)),
      ['["丁"]{'],
    );
    await evaluate();
    assert.deepEqual(
      (await received()).map(({ station, value }) => [station, value]),
      [['丁', 242]],
    );
  });

  test('rows that a row of a call or of a file deletes leave no event either', async () => {
    const steward = await hub.token('wen-of-marks', ['steward'], 'ecology');
    const act = async (what: string): Promise<void> => {
      const path = `/v1/datasets/${type}/decision`;
      assert.equal((await hub.staff(steward, 'POST', path, { act: what, reason: 'test' })).status, 200);
    };
    const id = await dataset([{ id: 'high', when: 'level > 150' }], {
      deleteWhere: { field: 'state', is: ['gone'] },
    });
    const fields = Object.fromEntries(['station', 'time', 'level', 'state'].map((from) => [from, { from }]));
    const document = {
      mapping: 'ecology/marked@1',
      target: 'water-level@1',
      source: { format: 'json' },
      fields,
    };
    const made = await hub.staff(steward, 'POST', `/v1/datasets/${id}/mappings`, { document });
    assert.equal(made.status, 201, JSON.stringify(made.json));
    const gone = (station: string): object => ({ ...row(station, 1, 0), state: 'gone' });
    await act('suspend');
    await push(id, [
      row('甲', 1, 211),
      row('乙', 1, 221),
      row('丙', 1, 231),
      row('丁', 1, 241),
      row('丁', 2, 242),
    ]);
    await evaluate();
    // what the rules have seen, and what waits for them
    await push(id, [row('戊', 1, 251)]);
    await push(id, [gone('甲') as never, gone('丁') as never, gone('戊') as never]);
    await evaluate();
    const bytes = Buffer.from(JSON.stringify([gone('乙')]));
    const batch = await uploaded(city.ecology.client, id, bytes);
    const commit = { sha256: sha256(bytes), bytes: bytes.length, mapping: 'marked' };
    assert.equal(await reported(post(city.ecology.client, `/v1/batches/${batch}/commit`, commit)), '200');
    await act('resume');
    await evaluate();
    assert.deepEqual(
      (await received()).map(({ station, value }) => [station, value]),
      [['丙', 231]],
    );
    const { rows } = await database.owner.query<{ series: string }>(
      'SELECT series FROM event_rule_state WHERE dataset = $1 ORDER BY series',
      [id],
    );
    assert.deepEqual(
      rows.map(({ series }) => series),
      ['["丁"]', '["丙"]'],
    );
  });

  test('a round that has read rows before their deletion publishes nothing of them', async () => {
    const id = await dataset([{ id: 'high', when: 'level > 150' }]);
    await push(id, [row('甲', 1, 211)]);
    const { failures: failed } = await holding((held) =>
      round(held, database.now(), async () => {
        await deleted(id, '甲');
      }),
    );
    assert.deepEqual(failed, []);
    assert.deepEqual(await received(), []);
  });

  test('of many that waited, a round publishes some, and the next ones the others', async () => {
    const steward = await hub.token('wen-of-many', ['steward'], 'ecology');
    const act = async (what: string): Promise<void> => {
      const path = `/v1/datasets/${type}/decision`;
      assert.equal((await hub.staff(steward, 'POST', path, { act: what, reason: 'test' })).status, 200);
    };
    const id = await dataset([{ id: 'high', when: 'level > 150' }]);
    await act('suspend');
    const stations = Array.from({ length: 1_300 }, (_, nth) => `站${nth}`);
    await push(
      id,
      stations.map((one) => row(one, 2, 200)),
    );
    await evaluate();
    await act('resume');
    await evaluate();
    const leaves = (await newestLeaves(database, 10)).filter(
      ({ operation, dataset: of }) => operation === 'evaluateRules' && of === id,
    );
    assert.deepEqual(leaves.map(({ change }) => change?.['stored']).sort(), [1_000, 300]);
    for (let left = stations.length; left > 0;) {
      const events = await received();
      assert.ok(events.length > 0);
      left -= events.length;
    }
  });
});

describe('a rule that was accepted, and does not fit by now', () => {
  type Row = LiveDataset['row'];
  /** The registry as it would be with other rows. */
  const registryWith = (rows: Readonly<Record<string, (row: Row) => Row>>): Registry => {
    const { registry } = hub.hub.services;
    const datasets = new Map(registry.current.datasets);
    for (const [id, changed] of Object.entries(rows)) {
      const live = datasets.get(id);
      assert.ok(live);
      datasets.set(id, { ...live, row: changed(live.row) });
    }
    return { current: { ...registry.current, datasets }, refresh: async () => {} } as unknown as Registry;
  };

  test('each run reports it, and what it held is published under the type that takes its place', async () => {
    const other = 'ecology.water-alarm-within';
    const { schema } = hub.hub.services.registry.current.datasets.get(type) ?? assert.fail();
    await city.apply([
      {
        kind: 'Dataset',
        id: other,
        title: { zh: '内部水位预警', en: 'Alarms within' },
        schema: schema.urn,
        mode: 'events',
        sharing: { type: 'conditional', conditions: '示例' },
      },
      {
        kind: 'Topic',
        id: 'ecology.water-alarms-within',
        title: { zh: '内部水位预警', en: 'Alarms within' },
        types: [other],
        retentionDays: 30,
      },
    ]);
    const id = await dataset([{ when: 'level > 150' }]);
    await hub.hub.services.registry.refresh();
    const shared = { [type]: (one: Row): Row => ({ ...one, sharing: 'unconditional' }) };
    const moved = (one: Row): Row => ({
      ...one,
      intake: {
        ...one.intake,
        eventRules: (one.intake.eventRules ?? []).map((rule) => ({ ...rule, type: other })),
      },
    });
    const codes = async (registry: Registry): Promise<readonly string[]> => {
      const { failures: failed, waits = [] } = await holding((held) =>
        round(held, database.now(), undefined, registry),
      );
      assert.deepEqual(failed, []);
      return waits.filter((one) => one.dataset === id).map(({ reason }) => reason.code);
    };
    assert.deepEqual(await codes(registryWith(shared)), ['event_rule_unfit'], 'before anything is held');
    await push(id, [row('甲', 1, 151)]);
    assert.deepEqual(await codes(registryWith(shared)), ['event_rule_unfit']);
    assert.deepEqual(await received(), []);
    assert.deepEqual(await codes(registryWith({ ...shared, [id]: moved })), []);
    const { rows } = await database.owner.query('SELECT type FROM event WHERE type = $1', [other]);
    assert.deepEqual(rows, [{ type: other }]);
  });

  test('of a type that is retired: what it raises is dropped, and the log has the reason', async () => {
    const id = await dataset([{ when: 'level > 150' }]);
    await hub.hub.services.registry.refresh();
    const as = (state: 'suspended' | 'retired'): Registry =>
      registryWith({ [type]: (one: Row): Row => ({ ...one, state }) });
    await push(id, [row('甲', 1, 151)]);
    for (const [state, level] of [
      ['suspended', 90],
      ['retired', 160],
    ] as const) {
      const { failures: failed, waits = [] } = await holding((held) =>
        round(held, database.now(), undefined, as(state)),
      );
      assert.deepEqual(failed, []);
      assert.deepEqual(
        waits.filter((one) => one.dataset === id).map(({ reason }) => [reason.code, reason.facts['state']]),
        [['dataset_unavailable', state]],
      );
      await push(id, [row('甲', 2, level)]);
    }
    await holding((held) => round(held, database.now(), undefined, as('retired')));
    await evaluate();
    assert.deepEqual(await received(), []);
  });

  test('an entry that shares the type more widely than the readings is refused', async () => {
    await dataset([{ when: 'level > 150' }]);
    const steward = await hub.token('shui-of-entries', ['steward'], 'ecology');
    const { status, json } = await hub.staff(steward, 'POST', '/v1/catalogue', {
      id: type,
      title: { zh: '水位预警', en: 'Alarms' },
      abstract: { zh: '水位预警', en: 'Alarms' },
      keywords: ['水位'],
      category: '1/12/3',
      sharing: { type: 'unconditional', manner: 'interface' },
      openness: 'closed',
      sourceSystem: '水位系统',
      updateFrequency: 'monthly',
      office: '水文处',
      contact: '0000-12345',
      dataClass: 'general',
      datasets: [type],
    });
    assert.deepEqual([status, json['code']], [422, 'event_rule_unfit'], JSON.stringify(json));
  });
});
