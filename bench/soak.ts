/**
 * `npm run soak -- --minutes N`: queries, rows by call, events and files at 60 % of what this machine answers, with the hub's own jobs. Prints
 * memory, handles and the size of tables each minute, and whether they are flat. Exit code 1: one of them is not.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ProfileDocument } from '../clients/sdk/profile.ts';
import { sampleCity, testHub, type City, type TestHub } from '../tests/hub.ts';
import type { AskOrder, AskWorld, Order, Sending, Writing } from './clients.ts';
import { householdDataset } from './intake.ts';
import { sendRegister } from './release.ts';
import { pusher } from './readings.ts';
import { answerOf, median, messageOf, partyOf, startChild, usedBytes } from './row.ts';
import { airWarnings } from './rows.ts';

/** The share of the measured speed of queries; rows, events and files take the rest of the 60 %. */
const shareOfQueries = 0.4;
const atOnce = 8;
const minute = 60_000;
/** A figure is flat when its last third lies at most this much above its middle third; the first third is warm-up. */
const tolerance = 0.1;
/** what a figure may gain in any case: a garbage collector and a vacuum have their own rhythm */
const slack = { 'heap MB': 16, handles: 8, 'small tables MB': 2, 'dead rows %': 10 };
type Figure = keyof typeof slack;
type Sample = Readonly<Record<Figure, number>>;

const { values: options } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const minutes = Number(options.minutes);
if (!Number.isInteger(minutes) || minutes < 3) throw new Error('--minutes wants a whole number, at least 3');

const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 } });
const folder = mkdtempSync(join(tmpdir(), 'datong-soak-'));
const asking = startChild('clients.ts', 'askLoad');
const pushing = startChild('clients.ts', 'pushRows');
const publishing = startChild('clients.ts', 'eventParties');
const sending = startChild('clients.ts', 'sendFiles');
await messageOf(publishing);
const line = (text: string): void => void process.stdout.write(`${text}\n`);
let isFlat = false;
try {
  isFlat = await soak(hub, await sampleCity(hub, 1_000_000_000));
} finally {
  for (const child of [asking, pushing, publishing, sending]) child.kill();
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(isFlat ? 0 : 1);

async function soak({ hub: { origins, database }, ca }: TestHub, city: City): Promise<boolean> {
  const { exchange, open } = origins;
  const { education } = city;
  const ask = (order: AskWorld | AskOrder): Promise<{ readonly rate: number }> => answerOf(asking, order);
  const people = await sendRegister(city, 2_000);
  const profile: ProfileDocument = {
    v: 1,
    department: education.department,
    tls: education.tls,
    hub: { exchange, open, ca, keys: { keys: [] } },
    signingKey: education.signing.privateKey.export({ format: 'jwk' }),
  };
  await ask({ profile, address: '', token: '', people });
  const push = await pusher(hub, city, pushing);
  const file = join(folder, 'households.csv');
  const writing: Writing = { file, households: { rows: 5_000, seed: 1 } };
  await answerOf(sending, writing);
  const files: Sending = {
    ...partyOf(city.publicSecurity),
    hub: { exchange, open },
    ca,
    dataset: await householdDataset(hub, city.operator, 'pub-security', 'soaked', 'upsert'),
    file,
    mapping: 'soaked',
  };
  await city.apply('air-warning/topic.yaml');
  await city.apply('air-warning/agreement.yaml', [education, city.ecology]);
  const connect: Order = {
    act: 'connect',
    hub: { exchange, open },
    ca,
    publisher: partyOf(city.ecology),
    consumer: partyOf(education),
  };
  await answerOf(publishing, connect);
  const { topic, type, context } = airWarnings;
  const subscribed = await education.client.events.subscribe({ topic, types: [type] }, context);
  const { id: subscription } = subscribed.json;

  await ask({ way: 'sdk', atOnce, milliseconds: 5_000 });
  const { rate: most } = await ask({ way: 'sdk', atOnce, milliseconds: 10_000 });
  const perSecond = most * shareOfQueries;
  line(`${most.toFixed(0)} queries a second at most; ${perSecond.toFixed(0)} of them for ${minutes} minutes`);
  const queries = { way: 'sdk', atOnce, everyMs: (1_000 * atOnce) / perSecond } as const;
  const samples: Sample[] = [];
  line('| Minute | Queries/s | Heap, MB | Resident, MB | Handles | Small tables, MB | Dead rows, % |');
  line('|---|---|---|---|---|---|---|');
  for (let nth = 1; nth <= minutes; nth += 1) {
    const [{ rate }] = await Promise.all([
      ask({ ...queries, milliseconds: minute }),
      push({ calls: 100, senders: 2, everyMs: 500 }, minute),
      answerOf(publishing, {
        act: 'publish',
        perSecond: 20,
        batch: 5,
        milliseconds: minute,
        receivers: subscription,
      } satisfies Order),
      answerOf(sending, files),
    ]);
    // calls that ended leave nothing behind after a moment
    await sleep(500);
    const sample = {
      'heap MB': usedBytes() / 1e6,
      handles: await handlesNow(),
      ...(await tablesNow(database.owner)),
    };
    samples.push(sample);
    const { 'heap MB': heap, handles, 'small tables MB': small, 'dead rows %': dead } = sample;
    const resident = process.memoryUsage.rss() / 1e6;
    line(
      `| ${nth} | ${rate.toFixed(0)} | ${heap.toFixed(0)} | ${resident.toFixed(0)} | ${handles} | ${small.toFixed(1)} | ${dead.toFixed(1)} |`,
    );
  }
  const rising = Object.keys(slack).filter((figure) => !flat(samples, figure as Figure));
  line(rising.length === 0 ? 'flat' : `not flat: ${rising.join(', ')}`);
  return rising.length === 0;
}

/** Open files and sockets of the hub. */
async function handlesNow(): Promise<number> {
  return (await readdir('/proc/self/fd')).length;
}

/** Size of the tables whose number of rows does not depend on the number of calls, and the share of dead rows in all tables. */
async function tablesNow(owner: {
  query<T>(text: string): Promise<{ readonly rows: readonly T[] }>;
}): Promise<Pick<Sample, 'small tables MB' | 'dead rows %'>> {
  const { rows } = await owner.query<{ small: number; dead: number }>(
    `SELECT (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class AS c
              WHERE c.relnamespace = 'public'::regnamespace
                AND c.relname IN ('audit_head', 'job', 'agreement_quota', 'dataset', 'certificate', 'signing_key'))::double precision / 1e6 AS small,
            100.0 * sum(n_dead_tup)::double precision / nullif(sum(n_live_tup + n_dead_tup), 0) AS dead
       FROM pg_stat_user_tables`,
  );
  return { 'small tables MB': rows[0]?.small ?? 0, 'dead rows %': rows[0]?.dead ?? 0 };
}

/** Whether the last third of the samples lies no higher than the middle third. */
function flat(samples: readonly Sample[], figure: Figure): boolean {
  const third = Math.floor(samples.length / 3);
  const values = samples.map((sample) => sample[figure]);
  const middle = median(values.slice(third, samples.length - third));
  return median(values.slice(samples.length - third)) <= middle * (1 + tolerance) + slack[figure];
}
