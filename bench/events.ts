/**
 * Events: six webhooks at 50 events a second, alone and next to a dead one with 100,000 queued events; 2,000 events a second to a consumer
 * that fetches them; a replay. Publisher, endpoints and consumer are another process. BENCH_SECONDS: how long each is measured (default 20).
 * BENCH_EVENTS: stored events of the replay (default a million).
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sampleCity, testHub, type Machine, type TestHub } from '../tests/hub.ts';
import type { Measured, Order, Party } from './events/parties.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const milliseconds = 1_000 * Number(process.env['BENCH_SECONDS'] ?? 20);
const stored = Number(process.env['BENCH_EVENTS'] ?? 1_000_000);
const queued = 100_000;
/** of the dead webhook: paused, and not */
const turns = 3;
const topic = 'ecology.air-warnings';
const type = 'ecology.air-warning-issued';
const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const parties = fork(fileURLToPath(new URL('events/parties.mjs', import.meta.url)));
  const [{ port, ca }] = (await once(parties, 'message')) as [{ readonly port: number; readonly ca: string }];
  const folder = mkdtempSync(join(tmpdir(), 'datong-bench-events-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, ca);
  const origin = `https://localhost:${port}`;
  const services = [{ department: 'education', origin, addresses: ['127.0.0.1/32'], caFile }];
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, config: { services } });
  const order = async (one: Order): Promise<Measured> => {
    parties.send(one);
    const [answer] = (await once(parties, 'message')) as [Measured & { readonly error?: string }];
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  };
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
    const peakAlone = watched();
    const alone = await order({ ...fifty, milliseconds });
    const before = peakAlone();
    for (const id of first) await school.end(id);

    const dead = await subscribed('/dead');
    await sleep(1_000);
    const peak = watched();
    await store(hub, queued);
    const second = await six();
    const [apart, nextTo]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < turns; turn += 1) {
      await school.sink(dead, 'pause');
      apart.push(...(await order({ ...fifty, milliseconds: milliseconds / turns })).latencies);
      await school.sink(dead, 'resume');
      nextTo.push(...(await order({ ...fifty, milliseconds: milliseconds / turns })).latencies);
    }
    const grown = peak() - before;
    for (const id of [dead, ...second]) await school.end(id);

    const fetched = await subscribed();
    const thousands = { act: 'publish', perSecond: 2_000, batch: 100, receivers: fetched } as const;
    await order({ ...thousands, milliseconds: Math.min(5_000, milliseconds) });
    const sustained = await order({ ...thousands, milliseconds });

    const replayed = await subscribed();
    await store(hub, stored);
    const replay = await order({ act: 'replay', subscription: replayed, events: stored });
    const slower = median(nextTo) / median(apart);
    const lag = at(sustained.latencies, 0.95);
    return [
      {
        figure: 'publish to delivery at 6 webhooks, 50 events/s, p99',
        value: at(alone.latencies, 0.99),
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
        figure: 'memory growth of the hub next to a dead webhook',
        value: grown,
        unit: 'MB',
        against: `the same six webhooks alone; ${queued.toLocaleString('en')} events are queued`,
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

const partyOf = ({ department, tls, signing }: Machine): Party => ({
  ...{ department, tls },
  signing: signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** @returns ends it: the most memory of this process since then, in MB */
function watched(): () => number {
  let most = process.memoryUsage.rss();
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
  return () => {
    clearInterval(timer);
    return most / 1e6;
  };
}

/** Stores events as if they had been published, without the time that a million calls take. */
async function store({ hub }: TestHub, events: number): Promise<void> {
  const { owner } = hub.database;
  await owner.query(
    `INSERT INTO event (topic, sequence, id, type, given, digest, time, schema, data, exchange)
     SELECT t.id, t.last_sequence + n, gen_random_uuid(), $2, 'stored' || chr(10) || t.last_sequence + n, '\\x00', now(), $3,
            '{"warning_id":"s-' || n || '","district":"9901' || 10 + n % 80 || '","level":"orange"}', gen_random_uuid()
       FROM topic AS t, generate_series(1, $4::bigint) AS n WHERE t.id = $1`,
    [topic, type, 'urn:datong:air-warning:1.0', events],
  );
  await owner.query('UPDATE topic SET last_sequence = last_sequence + $2 WHERE id = $1', [topic, events]);
}
