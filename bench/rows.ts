/**
 * Rows by call: eight senders of calls of 1,000 rows, and 200 devices that push single rows through the SDK, against COPY of the same rows
 * into a table with the same keys. Senders are another process. BENCH_SECONDS: how long each is measured (default 30).
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { from as copyFrom } from 'pg-copy-streams';
import { datasetTable, layoutOf } from '../hub/domain/rowTable/layout.ts';
import type { SqlName } from '../hub/domain/rowTable/names.ts';
import { sampleCity, testHub, type TestHub } from '../tests/hub.ts';
import { reading, type Pushed, type Pushing } from './rows/pushRows.ts';
import type { Bench, BenchRow } from './row.ts';

const milliseconds = 1_000 * Number(process.env['BENCH_SECONDS'] ?? 30);
const warmUp = 5_000;
const dataset = 'ecology.pushed';

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 } });
  const sender = fork(fileURLToPath(new URL('rows/sender.mjs', import.meta.url)));
  try {
    const city = await sampleCity(hub);
    const made = await hub.staff(city.operator, 'POST', '/v1/datasets', {
      ...{ id: dataset, title: { zh: '读数', en: 'Readings' }, mode: 'upsert', sharing: { type: 'none' } },
      ...{ schema: 'urn:datong:air-quality-hourly:1.0', intake: { byCall: {} } },
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made.json));
    const { department, tls, signing } = city.ecology;
    const { exchange, open } = hub.hub.origins;
    let round = 0;
    const push = async (what: Pushing['what'], lasting: number): Promise<Pushed> => {
      const order: Pushing = {
        ...{ department, tls, dataset, what, round: (round += 1), milliseconds: lasting, ca: hub.ca },
        hub: { exchange, open },
        signing: signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
      sender.send(order);
      const [answer] = (await once(sender, 'message')) as [Pushed & { readonly error?: string }];
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    };
    const eight = { calls: 1_000, senders: 8 };
    const devices = { devices: 200, everyMs: 50 };
    await push(eight, warmUp);
    const memory = watched();
    const calls = await push(eight, milliseconds);
    const grown = memory();
    const copied = await copy(hub, calls.rows);
    await push(devices, warmUp);
    const single = await push(devices, milliseconds);
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
        value: at(calls.latencies, 0.95),
        unit: 'ms',
        against: '–',
        must: { atMost: 1_000 },
        note: `median ${at(calls.latencies, 0.5).toFixed(0)} ms`,
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
        note: `${(single.rows / single.calls).toFixed(1)} rows a call; to the receipt median ${at(single.latencies, 0.5).toFixed(0)} ms, p95 ${at(single.latencies, 0.95).toFixed(0)} ms`,
      },
    ];
  } finally {
    sender.disconnect();
    await hub.stop();
  }
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** @returns by how many MB memory has grown at most */
function watched(): () => number {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
  return () => {
    clearInterval(timer);
    return (most - before) / 1e6;
  };
}

/** @returns rows a second by COPY, from lines that are there already */
async function copy({ hub }: TestHub, rows: number): Promise<number> {
  const schema = hub.services.registry.current.datasets.get(dataset)?.schema;
  if (schema === undefined) throw new Error('no such dataset');
  const { owner } = hub.database;
  const table = datasetTable(dataset, schema);
  const beside = table.replace('"u_', '"copy_') as SqlName;
  await owner.query(`CREATE TABLE ${beside} (LIKE ${table} INCLUDING ALL)`);
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
  await owner.query(`ALTER TABLE ${beside} ALTER COLUMN _batch SET DEFAULT gen_random_uuid()`);
  const client = await owner.connect();
  try {
    const started = performance.now();
    await pipeline(lines, client.query(copyFrom(`COPY ${beside} (${names}) FROM STDIN`)));
    return rows / ((performance.now() - started) / 1_000);
  } finally {
    client.release();
  }
}
