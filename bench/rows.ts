/** An upsert into a large dataset against the same merge in SQL; events from publication to delivery. */
import {
  answerOf,
  median,
  memoryPeak,
  messageOf,
  partyOf,
  quantile,
  startChild,
  usedBytes,
  type Bench,
  type BenchRow,
} from './row.ts';
import { datasetTable, layoutOf, batchTable } from '../hub/domain/rowTable/layout.ts';
import { sampleCity, testHub, type TestHub } from '../tests/hub.ts';
import type { Measured, Order } from './clients.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import pg from 'pg';
import { dropBatch } from '../hub/flows/rows/store/load.ts';
import { mergeBatch } from '../hub/flows/rows/store/merge.ts';
import { connectionOf } from '../hub/platform/database/connection.ts';
import type { Pool } from '../hub/platform/database/database.ts';
import { withTransaction } from '../hub/platform/database/transaction.ts';
import { insertEvents, lockTopic, type NewEvent } from '../hub/features/events/store/events.ts';
import { writeHouseholds } from './adapterFiles.ts';
import { householdDataset } from './intake.ts';

/* A file of new and changed rows into a large dataset, compared with the same merge by SQL alone. */

const existingRows = 10_000_000;
const rows = 100_000;
const rounds = 3;

export const upsertBench: Bench = { run: runOfUpsert };

async function runOfUpsert(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const hub = await testHub({ intake: { answerWithin: 3_600_000 } });
  let plain: pg.Pool | undefined;
  try {
    const city = await sampleCity(hub);
    const { client } = city.publicSecurity;
    const dataset = await householdDataset(hub, city.operator, 'pub-security', 'merged', 'upsert');
    const { owner, address: place } = hub.hub.database;
    // past the hub: without digests of rows
    plain = new pg.Pool(connectionOf(place));
    const file = join(folder, 'households.csv');
    const send = async (): Promise<{ readonly batch: string; readonly milliseconds: number }> => {
      let uploaded = performance.now();
      const { json } = await client.sendFile(dataset, file, {
        mapping: 'merged',
        onProgress: () => {
          uploaded = performance.now();
        },
      });
      if (json.state !== 'published') throw new Error(`batch ${json.state}`);
      return { batch: json.batch, milliseconds: performance.now() - uploaded };
    };
    await writeHouseholds(file, { rows, seed: 1 });
    await send();
    const schema = hub.hub.services.registry.current.datasets.get(dataset)?.schema;
    if (schema === undefined) throw new Error('no such dataset');
    const layout = layoutOf(schema);
    const table = datasetTable(dataset, schema);
    const key = layout.key[0]?.name ?? '';
    const address = layout.byField.get('address')?.name ?? '';
    const columns = [...layout.columns.map(({ name }) => name), '_batch', '_subject'];
    /** The columns, some with something else in them. */
    const otherwise = (values: ReadonlyMap<string, string>): string =>
      columns.map((name) => (values.has(name) ? `${values.get(name) ?? ''} AS ${name}` : name)).join(', ');
    const copies = otherwise(new Map([[key, `${key} || '-' || copy`]]));
    await withoutUnique(
      owner,
      table,
      `INSERT INTO ${table} (${columns.join(', ')})
       SELECT ${copies} FROM ${table}, generate_series(2, ${Math.round(existingRows / rows)}) AS copy`,
    );
    // now, rather than by the server while something is measured
    await owner.query(`VACUUM (ANALYZE) ${table}`);
    const ratios: number[] = [];
    const times = { hub: [] as number[], sql: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      // half of the people exist already, with another address
      const moved = (cells: readonly string[]): readonly string[] => cells.with(6, `新址 ${round}`);
      await writeHouseholds(
        file,
        { rows: rows / 2, seed: 1, changed: moved },
        { rows: rows / 2, seed: 1, after: rows + (round * rows) / 2 },
      );
      const own = await send();
      // once more with other addresses, and other new people
      const copy = randomUUID();
      const again = otherwise(
        new Map([
          [address, `${address} || '甲'`],
          [key, `CASE WHEN ${address} LIKE '新址%' THEN ${key} ELSE ${key} || '甲' END`],
        ]),
      );
      await owner.query(
        `CREATE TABLE ${batchTable(copy)} AS SELECT ${again}, _row FROM ${table} WHERE _batch = '${own.batch}'`,
      );
      const started = performance.now();
      await withTransaction(plain, (transaction) => mergeBatch(transaction, dataset, schema, copy));
      const sql = performance.now() - started;
      await dropBatch(owner, copy);
      ratios.push(own.milliseconds / sql);
      times.hub.push(own.milliseconds);
      times.sql.push(sql);
    }
    const seconds = (values: readonly number[]): string => (median(values) / 1000).toFixed(1);
    return [
      {
        figure: `upsert of ${rows.toLocaleString('en')} rows into ${existingRows.toLocaleString('en')}`,
        value: median(ratios),
        unit: '×',
        against: 'the same merge by SQL alone, from a table that lies ready',
        must: { atMost: 3 },
        note: `${seconds(times.hub)} s against ${seconds(times.sql)} s; GB18030 CSV to visible rows; half of them new, half with another address`,
      },
    ];
  } finally {
    await plain?.end();
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Fills a table whose unique keys are made afterwards, each by one sort: maintained row by row they would take most of an hour. */
async function withoutUnique(owner: Pool, table: string, filling: string): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query("SET maintenance_work_mem = '512MB'");
    const { rows: keys } = await client.query<{ name: string; made: string }>(
      `SELECT format('%I', conname) AS name, pg_get_constraintdef(oid) AS made FROM pg_constraint
        WHERE conrelid = $1::regclass AND contype = 'u'`,
      [table],
    );
    for (const { name } of keys) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
    await client.query(filling);
    for (const { name, made } of keys)
      await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${made}`);
    await client.query('RESET maintenance_work_mem');
  } finally {
    client.release();
  }
}

/*
 * Events: six webhooks at 50 events a second, alone and next to a dead one with 100,000 queued events; 2,000 events a second to a consumer
 * that fetches them; a replay. Publisher, endpoints and consumer are another process. BENCH_SECONDS: how long each is measured (default 20).
 * BENCH_EVENTS: stored events of the replay (default a million).
 */

const milliseconds = 1_000 * Number(process.env['BENCH_SECONDS'] ?? 20);
const stored = Number(process.env['BENCH_EVENTS'] ?? 1_000_000);
const queued = 100_000;
/** of the dead webhook: paused, and not */
const turns = 3;
export const airWarnings = {
  topic: 'ecology.air-warnings',
  type: 'ecology.air-warning-issued',
  context: { purpose: 'public-service', agreement: 'agr-air-warnings' },
} as const;
const { topic, type, context } = airWarnings;

export const eventsBench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const parties = startChild('clients.ts', 'eventParties');
  const { port, ca } = await messageOf<{ readonly port: number; readonly ca: string }>(parties);
  const folder = mkdtempSync(join(tmpdir(), 'datong-bench-events-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, ca);
  const origin = `https://localhost:${port}`;
  const services = [{ department: 'education', origin, addresses: ['127.0.0.1/32'], caFile }];
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, config: { services } });
  const order = (one: Order): Promise<Measured> => answerOf(parties, one);
  try {
    const city = await sampleCity(hub, 1_000_000_000);
    await city.apply('air-warning/topic.yaml');
    await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
    const { exchange, open } = hub.hub.origins;
    const party = { publisher: partyOf(city.ecology), consumer: partyOf(city.education) };
    await order({ act: 'connect', hub: { exchange, open }, ca: hub.ca, ...party });
    const { events: school } = city.education.client;
    const subscribed = async (path?: string): Promise<string> => {
      const sink = { kind: 'webhook' as const, url: `${origin}${path ?? ''}`, batch: 20 };
      const requested = { topic, types: [type], ...(path === undefined ? {} : { sink }) };
      return (await school.subscribe(requested, context)).json.id;
    };
    const six = async (): Promise<string[]> => {
      const ids = await Promise.all([1, 2, 3, 4, 5, 6].map((nth) => subscribed(`/${nth}`)));
      await sleep(1_000); // each answers its challenge
      return ids;
    };
    const fifty = { act: 'publish', perSecond: 50, batch: 1, receivers: 6 } as const;

    const first = await six();
    await order({ ...fifty, milliseconds: Math.min(5_000, milliseconds) });
    const alone = await order({ ...fifty, milliseconds });
    for (const id of first) await school.end(id);

    const dead = await subscribed('/dead');
    await sleep(1_000);
    await school.sink(dead, 'pause');
    await store(hub, queued);
    const second = await six();
    const turn = { ...fifty, milliseconds: milliseconds / turns };
    const whilePaused: Turn = { latencies: [], peaks: [] };
    const whileQueued: Turn = { latencies: [], peaks: [] };
    for (let nth = 0; nth < turns; nth += 1)
      for (const [action, into] of [
        ['pause', whilePaused],
        ['resume', whileQueued],
      ] as const) {
        await school.sink(dead, action);
        // the pauses for each collection are the same in turns that are compared
        const peak = memoryPeak(usedBytes, 1_000);
        into.latencies.push(...(await order(turn)).latencies);
        into.peaks.push(peak());
      }
    const grown = median(whileQueued.peaks) - median(whilePaused.peaks);
    for (const id of [dead, ...second]) await school.end(id);

    const fetched = await subscribed();
    const thousands = { act: 'publish', perSecond: 2_000, batch: 100, receivers: fetched } as const;
    await order({ ...thousands, milliseconds: Math.min(5_000, milliseconds) });
    const sustained = await order({ ...thousands, milliseconds });

    const replayed = await subscribed();
    await store(hub, stored);
    const replay = await order({ act: 'replay', subscription: replayed, events: stored });
    const slower = median(whileQueued.latencies) / median(whilePaused.latencies);
    const lag = quantile(sustained.latencies, 0.95);
    return [
      {
        figure: 'publish to delivery at 6 webhooks, 50 events/s, p99',
        value: quantile(alone.latencies, 0.99),
        unit: 'ms',
        against: '–',
        must: { atMost: 500 },
        note: `median ${median(alone.latencies).toFixed(0)} ms; each delivery has its entry`,
      },
      {
        figure: 'events of one topic to one consumer, answers of at most 100',
        value: sustained.events / sustained.seconds,
        unit: 'events/s',
        against: '–',
        // published at 2,000 a second; the last answer comes after the last call
        must: { atLeast: 1_900 },
        note: `${sustained.events.toLocaleString('en')} events in ${sustained.seconds.toFixed(1)} s`,
      },
      {
        figure: 'the same, publish to arrival, p95',
        value: lag,
        unit: 'ms',
        against: '–',
        must: { atMost: 1_000 },
      },
      {
        figure: 'memory in use of the hub next to a dead webhook, growth',
        value: grown,
        unit: 'MB',
        against: `the same six webhooks while it is paused; ${queued.toLocaleString('en')} events are queued`,
        must: { atMost: 32 },
      },
      {
        figure: 'delivery next to a dead webhook, median',
        value: slower,
        unit: '×',
        against: 'the same six webhooks while it is paused, in turns',
        must: { atMost: 1.1 },
        note: `subscription ${dead.slice(0, 8)} never answers`,
      },
      {
        figure: 'replay of stored events',
        value: replay.events / replay.seconds,
        unit: 'events/s',
        against: '–',
        must: { atLeast: 10_000 },
        note: `${replay.events.toLocaleString('en')} events in ${replay.seconds.toFixed(1)} s`,
      },
    ];
  } finally {
    parties.disconnect();
    await hub.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Deliveries of some turns, and the memory of each turn at most, in MB. */
interface Turn {
  readonly latencies: number[];
  readonly peaks: number[];
}

/** Stores events as if they had been published, without the time that a million calls take. */
async function store({ hub }: TestHub, events: number): Promise<void> {
  const { app } = hub.database;
  for (let left = events; left > 0; left -= portion)
    await withTransaction(app, async (transaction) => {
      const last = await lockTopic(transaction, topic);
      if (last === undefined) throw new Error(`no topic ${topic}`);
      const some = Array.from({ length: Math.min(portion, left) }, (_, n) =>
        storedEvent(last + BigInt(n + 1)),
      );
      await insertEvents(transaction, topic, last, some, randomUUID());
    });
}

/** Events stored at once: few, because this process is the hub, whose memory is measured. */
const portion = 1_000;

const storedEvent = (sequence: bigint): NewEvent => ({
  id: randomUUID(),
  type,
  given: `stored\n${sequence}`,
  digest: Buffer.of(0),
  time: Date.now(),
  schema: 'urn:datong:air-warning:1.0',
  subject: null,
  data: `{"warning_id":"s-${sequence}","district":"9901${10n + (sequence % 80n)}","level":"orange"}`,
});
