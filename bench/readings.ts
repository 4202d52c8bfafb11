/**
 * Rows by call: eight senders of calls of 1,000 rows, and 200 devices that push single rows through the SDK, against COPY of the same rows
 * into a table with the same keys; queries by key next to them; a table with many rows. Senders are another process.
 * BENCH_SECONDS: how long each is measured (default 30; 300 for a sustained run). BENCH_MILLION_ROWS: rows of the large table (default 20).
 */
import type { ChildProcess } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { datasetTable, layoutOf } from '../hub/domain/rowTable/layout.ts';
import type { SqlName } from '../hub/domain/rowTable/names.ts';
import { timePattern } from '../hub/domain/timeField.ts';
import { sampleCity, testHub, type City, type TestHub } from '../tests/hub.ts';
import { reading, type Pushed, type Pushing } from './clients.ts';
import { LoadProcess, ofHub, requestedRow } from './load.ts';
import { sendRegister } from './release.ts';
import {
  answerOf,
  inTurns,
  median,
  memoryGrowth,
  quantile,
  startChild,
  type Bench,
  type BenchRow,
} from './row.ts';

const millisecondsOfRows = 1_000 * Number(process.env['BENCH_SECONDS'] ?? 30);
const warmUp = 5_000;
const dataset = 'ecology.pushed';

export const rowsBench: Bench = { run: runOfRows };

async function runOfRows(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 } });
  const sender = startChild('clients.ts', 'pushRows');
  try {
    const city = await sampleCity(hub);
    const push = await pusher(hub, city, sender);
    const eight = { calls: 1_000, senders: 8 };
    const devices = { devices: 200, everyMs: 50 };
    await push(eight, warmUp);
    const memory = memoryGrowth();
    const calls = await push(eight, millisecondsOfRows);
    const grown = memory();
    const copied = await copy(hub, calls.rows);
    await push(devices, warmUp);
    const single = await push(devices, millisecondsOfRows);
    const rate = calls.rows / calls.seconds;
    return [
      {
        figure: 'rows by call, 8 senders, 1,000 rows of 14 fields a call',
        value: rate,
        unit: 'rows/s',
        against: '–',
        must: { atLeast: 20_000 },
        note: `${calls.rows.toLocaleString('en')} rows in ${calls.seconds.toFixed(0)} s; sender, hub and PostgreSQL share the cores`,
      },
      {
        figure: 'rows by call, to the receipt, when they are visible, p95',
        value: quantile(calls.latencies, 0.95),
        unit: 'ms',
        against: '–',
        must: { atMost: 1_000 },
        note: `median ${quantile(calls.latencies, 0.5).toFixed(0)} ms`,
      },
      {
        figure: 'rows by call',
        value: copied / rate,
        unit: '×',
        against: 'COPY FROM STDIN of the same rows into a table with the same keys',
        must: { atMost: 4 },
        note: `${Math.round(copied).toLocaleString('en')} rows/s by COPY`,
      },
      {
        figure: 'memory growth of the hub while they come in',
        value: grown,
        unit: 'MB',
        against: 'the hub after its first calls',
        must: { atMost: 64 },
      },
      {
        figure: 'single rows of 200 devices through the SDK',
        value: single.rows / single.seconds,
        unit: 'rows/s',
        against: '–',
        must: { atLeast: 2_000 },
        note: `${(single.rows / single.calls).toFixed(1)} rows a call; to the receipt median ${quantile(single.latencies, 0.5).toFixed(0)} ms, p95 ${quantile(single.latencies, 0.95).toFixed(0)} ms`,
      },
    ];
  } finally {
    sender.disconnect();
    await hub.stop();
  }
}

/** @returns rows a second by COPY, from lines that are there already */
async function copy({ hub }: TestHub, rows: number): Promise<number> {
  const schema = hub.services.registry.current.datasets.get(dataset)?.schema;
  if (schema === undefined) throw new Error('no such dataset');
  const { owner } = hub.database;
  const table = datasetTable(dataset, schema);
  const copyTable = table.replace('"u_', '"copy_') as SqlName;
  await owner.query(`CREATE TABLE ${copyTable} (LIKE ${table} INCLUDING ALL)`);
  const { columns } = layoutOf(schema);
  const lines: Buffer[] = [];
  for (let first = 0; first < rows; first += 1_000) {
    const part = Array.from({ length: Math.min(1_000, rows - first) }, (_, i) => {
      const nth = first + i;
      const record = JSON.parse(reading(`copy-${nth % 8}`, nth)) as Readonly<Record<string, string | number>>;
      return columns.map(({ field }) => String(record[field] ?? '\\N')).join('\t');
    });
    lines.push(Buffer.from(`${part.join('\n')}\n`));
  }
  const names = columns.map(({ name }) => name).join(', ');
  await owner.query(`ALTER TABLE ${copyTable} ALTER COLUMN _batch SET DEFAULT gen_random_uuid()`);
  const client = await owner.connect();
  try {
    const started = performance.now();
    await pipeline(lines, client.query(copyFrom(`COPY ${copyTable} (${names}) FROM STDIN`)));
    return rows / ((performance.now() - started) / 1_000);
  } finally {
    client.release();
  }
}

/** Registers the dataset. @returns makes the senders of the other process push for so long */
export async function pusher(
  hub: TestHub,
  city: City,
  sender: ChildProcess,
): Promise<(what: Pushing['what'], lasting: number) => Promise<Pushed>> {
  const made = await hub.staff(city.operator, 'POST', '/v1/datasets', {
    id: dataset,
    title: { zh: '读数', en: 'Readings' },
    mode: 'upsert',
    sharing: { type: 'none' },
    schema: 'urn:datong:air-quality-hourly:1.0',
    intake: { byCall: {} },
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.json));
  const { department, tls, signing } = city.ecology;
  const { exchange, open } = hub.hub.origins;
  let round = 0;
  return (what, lasting) => {
    const order: Pushing = {
      department,
      tls,
      dataset,
      what,
      round: (round += 1),
      milliseconds: lasting,
      ca: hub.ca,
      hub: { exchange, open },
      signing: signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
    return answerOf(sender, order);
  };
}

/* Queries by key while rows come in at the rate of a city: a million a minute. */

const perSecond = 17_000;
const peopleOfQueries = 10_000;
const socketsOfQueries = 4;
const roundsOfQueries = 3;
/** of each round */
const maxQueries = 20_000;

export const rowsNextToQueriesBench: Bench = { run: runNextToQueries };

async function runNextToQueries(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 } });
  const sender = startChild('clients.ts', 'pushRows');
  const load = new LoadProcess();
  try {
    const city = await sampleCity(hub, 1_000_000_000);
    const people = await sendRegister(city, peopleOfQueries);
    const push = await pusher(hub, city, sender);
    const target = { ...ofHub(hub, city.education), name: 'hub', asked: requestedRow, people };
    await load.connect(target, socketsOfQueries);
    const lasting = millisecondsOfRows / roundsOfQueries;
    const queries = async (): Promise<number> => {
      await load.prepare('hub', maxQueries);
      return (await load.run('hub', lasting)).rate;
    };
    const eight = { calls: 1_000, senders: 8, everyMs: (8_000 * 1_000) / perSecond };
    const rates: number[] = [];
    await push(eight, warmUp);
    const { ratio, base, measured } = await inTurns(roundsOfQueries, queries, async () => {
      await load.prepare('hub', maxQueries);
      const [pushed, { rate }] = await Promise.all([push(eight, lasting), load.run('hub', lasting)]);
      rates.push(pushed.rows / pushed.seconds);
      return rate;
    });
    return [
      {
        figure: 'queries by key that are lost while rows come in',
        value: 100 * (1 - ratio),
        unit: '%',
        against: 'the same queries without rows',
        must: { atMost: 30 },
        note: `${measured.toFixed(0)} against ${base.toFixed(0)} answers/s, ${socketsOfQueries} sockets; ${Math.round(median(rates)).toLocaleString('en')} of ${perSecond.toLocaleString('en')} rows/s`,
      },
    ];
  } finally {
    sender.disconnect();
    load.stop();
    await hub.stop();
  }
}

/* Readings in partitions of a day: calls and the latest rows of a large table, against a table of a million. */

const million = 1_000_000;
const sizes = { small: million, large: million * Number(process.env['BENCH_MILLION_ROWS'] ?? 20) } as const;
type Size = keyof typeof sizes;
/** A reading of each in a minute. */
const stations = 2_000;
const minutesOfDay = 1_440;
const roundsAtSize = 7;
const callsOfRound = 10;
const pagesOfRound = 20;
const idOf = (size: Size): string => `ecology.at-size-${size}`;
const agreementAtSize = 'agr-at-size';

export const rowsAtSizeBench: Bench = { run: runAtSize };

async function runAtSize(): Promise<readonly BenchRow[]> {
  // rows are stored past the hub: no job compares them with their digest
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  try {
    const city = await sampleCity(hub);
    await registerAtSize(city);
    const next: Record<Size, number> = { small: 0, large: 0 };
    for (const size of ['small', 'large'] as const) next[size] = await fill(hub, city, size);
    const push = async (size: Size): Promise<number> => {
      const started = performance.now();
      for (let call = 0; call < callsOfRound; call += 1) await pushMinute(city, size, (next[size] += 1));
      return performance.now() - started;
    };
    const latest = async (size: Size): Promise<number> => {
      const started = performance.now();
      for (let page = 0; page < pagesOfRound; page += 1) {
        const context = { purpose: 'environment-study', agreement: agreementAtSize };
        const query = { latest: true, limit: 100 } as const;
        const { json } = await city.education.client.query(idOf(size), query, context);
        if (json.records.length !== 100) throw new Error(`${json.records.length} series`);
      }
      return (performance.now() - started) / pagesOfRound;
    };
    for (const size of ['small', 'large'] as const) await Promise.all([push(size), latest(size)]);
    const calls = await inTurns(
      roundsAtSize,
      () => push('small'),
      () => push('large'),
    );
    const pages = await inTurns(
      roundsAtSize,
      () => latest('small'),
      () => latest('large'),
    );
    const rate = (ms: number): string =>
      Math.round((callsOfRound * stations * 1_000) / ms).toLocaleString('en');
    const against = 'the same on 1 M rows';
    const large = `${sizes.large / million} M rows, partitions by month`;
    return [
      {
        figure: `calls of ${stations.toLocaleString('en')} rows into ${large}`,
        value: calls.ratio,
        unit: '×',
        against,
        must: { atMost: 1.2 },
        note: `${rate(calls.measured)} against ${rate(calls.base)} rows/s, one sender`,
      },
      {
        figure: `page of 100 latest rows of ${large}`,
        value: pages.ratio,
        unit: '×',
        against,
        must: { atMost: 1.2 },
        note: `${pages.measured.toFixed(1)} against ${pages.base.toFixed(1)} ms`,
      },
    ];
  } finally {
    await hub.stop();
  }
}

/** A dataset of readings of each size, and an agreement on the latest rows of both. */
async function registerAtSize(city: City): Promise<void> {
  const titled = (zh: string, en: string): object => ({
    'x-title': { zh, en },
    'x-sensitivity': 'L1',
    'x-personal': 'none',
  });
  const fields = { station: { mask: 'clear' }, time: { mask: 'clear' }, level: { mask: 'clear' } };
  const limits = { rowsPerCall: 1_000, callsPerDay: 1_000_000 };
  const documents = [
    {
      kind: 'Schema',
      document: {
        ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:datong:at-size:1.0' },
        'x-title': { zh: '读数', en: 'Readings' },
        'x-class': 'general',
        type: 'object',
        'x-primary-key': ['/station', '/time'],
        additionalProperties: false,
        required: ['station', 'time', 'level'],
        properties: {
          station: { ...titled('站', 'Station'), type: 'string', maxLength: 40 },
          time: { ...titled('时间', 'Time'), type: 'string', format: 'date-time', pattern: timePattern },
          level: { ...titled('水位', 'Level'), type: 'number' },
        },
      },
    },
    ...(['small', 'large'] as const).map((size) => ({
      kind: 'Dataset',
      id: idOf(size),
      title: { zh: '读数', en: 'Readings' },
      mode: 'upsert',
      schema: 'urn:datong:at-size:1.0',
      sharing: { type: 'conditional', conditions: '示例' },
      intake: { byCall: {}, timeField: 'time', periods: { field: 'time', every: 'month', keep: 12 } },
    })),
    {
      kind: 'Agreement',
      id: agreementAtSize,
      version: 1,
      title: { zh: '读数', en: 'Readings' },
      provider: 'ecology',
      consumer: 'education',
      purposes: ['environment-study'],
      basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
      valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
      grants: (['small', 'large'] as const).map((size) => ({
        dataset: idOf(size),
        schema: 'at-size@1',
        deliveries: ['latest'],
        limits,
        fields,
      })),
    },
  ];
  await city.apply(documents, [city.ecology, city.education]);
}

const day = 86_400_000;
/** The first minute of a table, so that its last one is in the past: partitions begin at midnight in China. */
const firstDay = (size: Size): number =>
  Math.floor((Date.now() + 8 * 3_600_000) / day) * day -
  8 * 3_600_000 -
  Math.ceil(sizes[size] / stations / minutesOfDay) * day;
const chinaTime = (moment: number): string =>
  new Date(moment + 8 * 3_600_000).toISOString().replace(/\.\d+Z$/, '+08:00');

/** A reading of each station in one minute of a table. */
async function pushMinute(city: City, size: Size, minute: number): Promise<void> {
  const time = chinaTime(firstDay(size) + minute * 60_000);
  const rows = Array.from({ length: stations }, (_, i) =>
    JSON.stringify({ station: `s${String(i).padStart(4, '0')}`, time, level: (minute + i) % 400 }),
  );
  const { json } = await city.ecology.client.call({
    method: 'POST',
    path: `/v1/datasets/${idOf(size)}/rows`,
    body: Buffer.from(rows.join('\n')),
    headers: { 'content-type': 'application/x-ndjson' },
    receipt: 'optional' as const,
  });
  if ((json as { accepted: number }).accepted !== stations) throw new Error(JSON.stringify(json));
}

/**
 * Stores the rows by SQL, a statement a day: by calls a hundred million would take hours. A call of each day makes its partition.
 * @returns the last minute
 */
async function fill(hub: TestHub, city: City, size: Size): Promise<number> {
  const schema = hub.hub.services.registry.current.datasets.get(idOf(size))?.schema;
  if (schema === undefined) throw new Error('no such dataset');
  const table = datasetTable(idOf(size), schema);
  const column = (field: string): string => layoutOf(schema).byField.get(field)?.name ?? '';
  const client = await hub.hub.database.owner.connect();
  const minutes = sizes[size] / stations;
  try {
    await client.query('SET statement_timeout = 0');
    for (let from = 0; from < minutes; from += minutesOfDay) {
      await pushMinute(city, size, from);
      const until = Math.min(minutes, from + minutesOfDay) - 1;
      await client.query(
        `INSERT INTO ${table} (${['station', 'time', 'level'].map(column).join(', ')}, _row, _batch) OVERRIDING SYSTEM VALUE
         SELECT 's' || lpad(s::text, 4, '0'), t.text, (m + s) % 400, s, (SELECT _batch FROM ${table} LIMIT 1)
           FROM generate_series($1::bigint, $2::bigint) AS m,
                LATERAL (SELECT to_char(timezone('UTC', to_timestamp($3::double precision + m * 60) + interval '8 hours'), 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"') OFFSET 0) AS t(text),
                generate_series(0, ${stations - 1}) AS s`,
        [from + 1, until, firstDay(size) / 1_000],
      );
    }
    await client.query(`VACUUM ANALYZE ${table}`);
    return minutes;
  } finally {
    // discards the connection with its settings
    client.release(true);
  }
}
