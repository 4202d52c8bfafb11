/**
 * A hub is killed (SIGKILL) at random moments while six senders push rows by call, KILLS times. A sender that gets no answer sends the same
 * call with the same key until it has one. In the end every row is stored, and the submission has counted each call once. ATTACK_SEED sets the
 * moments. Run by itself, without the time limit of the runner.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { hubAgain, killHub } from './hubAgain.ts';

const kills = Number(process.env['KILLS'] ?? 30);
const random = seededRandom(Number(process.env['ATTACK_SEED'] ?? 20261127));
const senders = 6;
const dataset = 'ecology.pushed';

const database = await testDatabase({ connections: 20 });
const made = await testHub({ database });
after(() => made.stop());
const city = await sampleCity(made);
const { client } = city.ecology;
const registered = await made.staff(city.operator, 'POST', '/v1/datasets', {
  id: dataset,
  title: { zh: '读数', en: 'Readings' },
  schema: 'urn:datong:air-quality-hourly:1.0',
  mode: 'upsert',
  sharing: { type: 'none' },
  intake: { byCall: {} },
});
assert.equal(registered.status, 201, JSON.stringify(registered.json));
await made.hub.services.registry.refresh();
const schema = made.hub.services.registry.current.datasets.get(dataset)?.schema;
assert.ok(schema);
const serve = await hubAgain(made, database);

const names = [
  'pm10',
  'so2',
  'no2',
  'co',
  'o3',
  'temp',
  'pres',
  'dewp',
  'rain',
  'wind_direction',
  'wind_speed',
];
const others = Object.fromEntries(names.map((name) => [name, null]));
const done = { calls: 0, rows: 0 };
const batches = new Set<string>();

/** Pushes until it is stopped; each call is repeated until it is answered. */
async function push(sender: number, until: AbortSignal): Promise<void> {
  for (let nth = 0; !until.aborted; nth += 1) {
    const rows = Array.from({ length: 1 + ((nth * 7) % 40) }, (_, i) => ({
      station: `s${sender}-${i}`,
      time: new Date(Date.UTC(2026, 0, 1) + nth * 60_000).toISOString(),
      ...others,
      pm25: nth % 100,
    }));
    batches.add(await answered(Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'))));
    done.calls += 1;
    done.rows += rows.length;
  }
}

async function answered(body: Uint8Array): Promise<string> {
  const headers = { 'content-type': 'application/x-ndjson', 'datong-idempotency-key': randomUUID() };
  for (;;) {
    try {
      const path = `/v1/datasets/${dataset}/rows`;
      const { json } = await client.call({ method: 'POST', path, headers, body, receipt: 'required' });
      return (json as { batch: string }).batch;
    } catch (error) {
      if (error instanceof DatongProblem && error.status < 500) throw error;
      await sleep(20);
    }
  }
}

test(`killed ${kills} times while rows come: no acknowledged row is lost, and none is counted twice`, async (t) => {
  let hub = await serve();
  t.after(() => void hub.kill('SIGKILL'));
  const ends = new AbortController();
  const pushing = Array.from({ length: senders }, (_, sender) => push(sender, ends.signal));
  for (let i = 0; i < kills; i += 1) {
    // under load, at any moment of a call
    const until = done.calls + 3 + random.int(30);
    while (done.calls < until) await sleep(5);
    await sleep(random.int(40));
    await killHub(hub);
    hub = await serve();
  }
  await sleep(500);
  ends.abort();
  await Promise.all(pushing);
  const { rows: stored } = await database.app.query<{ n: string }>(
    `SELECT count(*) AS n FROM ${datasetTable(dataset, schema)}`,
  );
  const { rows: counted } = await database.app.query<{ rows: string; calls: string }>(
    'SELECT sum(rows_ok) AS rows, sum(calls) AS calls FROM batch WHERE dataset = $1',
    [dataset],
  );
  assert.deepEqual(
    [stored[0]?.n, counted[0]?.rows, counted[0]?.calls].map(Number),
    [done.rows, done.rows, done.calls],
    `${batches.size} submissions`,
  );
  assert.ok(done.calls > kills, String(done.calls));
  t.diagnostic(`${done.calls} calls, ${done.rows} rows`);
});
