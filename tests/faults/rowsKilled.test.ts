/** The hub is killed (SIGKILL) while calls with rows are in flight: no acknowledged row is lost, and none is stored twice. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { reading } from '../../bench/clients.ts';
import { hubAgain, killHub } from '../attackers/hubAgain.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';

const dataset = 'ecology.killed';
const [calls, rowsOfCall] = [30, 200];

test('the hub is killed while thirty calls are in flight: each row of an acknowledged call is there, and none twice', async (t) => {
  const database = await testDatabase();
  const made = await testHub({ database });
  const city = await sampleCity(made);
  const { status, json } = await made.staff(city.operator, 'POST', '/v1/datasets', {
    id: dataset,
    title: { zh: '读数', en: 'Readings' },
    schema: 'urn:datong:air-quality-hourly:1.0',
    mode: 'upsert',
    sharing: { type: 'none' },
    intake: { byCall: {}, onRewrite: 'hold' },
  });
  assert.equal(status, 201, JSON.stringify(json));
  await made.hub.services.registry.refresh();
  const schema = made.hub.services.registry.current.datasets.get(dataset)?.schema;
  assert.ok(schema);
  const serve = await hubAgain(made, database);
  let hub = await serve();
  // before its database
  t.after(async () => {
    await killHub(hub);
    await made.stop();
  });

  const send = async (nth: number, key: string): Promise<number> => {
    const lines = Array.from({ length: rowsOfCall }, (_, i) => reading(`s${nth}`, i));
    const answer = await city.ecology.client.call({
      method: 'POST',
      path: `/v1/datasets/${dataset}/rows`,
      receipt: 'required',
      headers: { 'content-type': 'application/x-ndjson', 'datong-idempotency-key': key },
      body: Buffer.from(lines.join('\n')),
    });
    return (answer.json as { accepted: number }).accepted;
  };
  const keys = Array.from({ length: calls }, () => randomUUID());
  const acknowledged = new Set<number>();
  const stored = async (): Promise<ReadonlyMap<string, number>> => {
    const { rows } = await database.owner.query<{ station: string; n: string }>(
      `SELECT f_station AS station, count(*) AS n FROM ${datasetTable(dataset, schema)} GROUP BY f_station`,
    );
    return new Map(rows.map(({ station, n }) => [station, Number(n)]));
  };
  let kills = 0;
  // the first call makes the table
  assert.equal(await send(0, keys[0] ?? ''), rowsOfCall);
  acknowledged.add(0);
  while (acknowledged.size < calls) {
    const flights = keys.map(async (key, nth) => {
      if (acknowledged.has(nth)) return;
      await send(nth, key).then(
        (accepted) => {
          assert.equal(accepted, rowsOfCall);
          acknowledged.add(nth);
        },
        (error: unknown) => assert.ok(!(error instanceof assert.AssertionError), String(error)),
      );
    });
    if (kills < 3) {
      const before = acknowledged.size;
      for (let waited = 0; acknowledged.size === before && waited < 20_000; waited += 5) await sleep(5);
      await killHub(hub);
      kills += 1;
      await Promise.all(flights);
      const there = await stored();
      for (const nth of acknowledged) assert.equal(there.get(`s${nth}`), rowsOfCall, `call ${nth}`);
      assert.deepEqual(
        new Set(there.values()),
        new Set([rowsOfCall]),
        'a call is stored whole or not at all',
      );
      hub = await serve();
    }
    await Promise.all(flights);
  }
  assert.ok(kills > 0);
  const there = await stored();
  assert.deepEqual([there.size, new Set(there.values())], [calls, new Set([rowsOfCall])]);
  const { rows } = await database.owner.query<{ ok: string; bad: string }>(
    'SELECT sum(rows_ok) AS ok, sum(rows_bad) AS bad FROM batch WHERE dataset = $1',
    [dataset],
  );
  assert.deepEqual(rows, [{ ok: String(calls * rowsOfCall), bad: '0' }]);
  await killHub(hub);
});
