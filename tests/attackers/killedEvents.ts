/**
 * A hub, and then a process of PostgreSQL, is killed (SIGKILL) KILLS times at random moments: while events are published, delivered to a
 * webhook that signs receipts, acknowledged by a consumer that fetches them, or confirmed under a response plan. Publishers and the consumer
 * repeat a call until it is answered. In the end both consumers have every answered event, in the order of its key, with repetitions under
 * the same id alone, every message that came has an entry, and every event of the plan is confirmed once and has a logged receipt.
 * ATTACK_SEED sets the moments. Run by itself, without the time limit of the runner.
 */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { DeliveredEvent, PublishedEvent } from '../../clients/sdk/events.ts';
import { deliveryReceiptHeader, signDeliveryReceipt } from '../../clients/sdk/index.ts';
import { testDatabase } from '../database.ts';
import { eventually } from '../eventually.ts';
import { testService } from '../flows/serviceProvider.ts';
import { sampleCity, testHub } from '../hub.ts';
import { samplePlan } from '../samplePlan.ts';
import { hubAgain, killHub } from './hubAgain.ts';
import { answered, killOneBackend } from './killOneBackend.ts';

const kills = Number(process.env['KILLS'] ?? 50);
const random = seededRandom(Number(process.env['ATTACK_SEED'] ?? 20261128));
const topic = 'ecology.air-warnings';
const type = 'ecology.air-warning-issued';
/** each has a key of its own, so that the order of a key is the order of its calls */
const districts = ['990101', '990102', '990103'];
const begins = ['publish', 'deliver', 'acknowledge', 'confirm'] as const;

const service = await testService('localhost');
const database = await testDatabase({ connections: 20 });
const caFile = join(process.env['TMPDIR'] ?? '/tmp', `killed-events-${process.pid}.pem`);
writeFileSync(caFile, service.ca);
const origin = `https://localhost:${service.port}`;
const services = [{ department: 'education', origin, addresses: ['127.0.0.1/32'], caFile }];
const made = await testHub({ database, config: { services } });
after(async () => {
  await made.stop();
  service.close();
});
service.server.setSecureContext({ ...service.tls, ca: made.ca });

/** what begins now, and may be interrupted by a kill */
const moments = new EventEmitter<Record<(typeof begins)[number], []>>();

/** What one consumer got, in the order in which it came. */
class Received {
  readonly events: DeliveredEvent[] = [];
  get ids(): ReadonlySet<string> {
    return new Set(this.events.map(({ id }) => id));
  }
}
const pushed = new Received();
const fetched = new Received();
/** log entries that messages to the webhook named */
const exchanges = new Set<string>();

service.serve = async ({ whole, headers }, reply) => {
  const message = JSON.parse(whole.toString('utf8')) as DeliveredEvent | DeliveredEvent[];
  if (!Array.isArray(message) && message.type === 'datong.challenge') {
    reply.end(
      JSON.stringify({ challenge: (message as unknown as { data: { challenge: string } }).data.challenge }),
    );
    return;
  }
  moments.emit('deliver');
  pushed.events.push(...(Array.isArray(message) ? message : [message]));
  const [entry = ''] = String(headers['datong-idempotency-key']).split('.');
  exchanges.add(entry);
  await sleep(random.int(10));
  const receipt = signDeliveryReceipt(entry, String(headers['signature']), city.education.signing);
  reply.writeHead(204, { [deliveryReceiptHeader]: receipt }).end();
};

const city = await sampleCity(made);
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
await city.apply('air-warning/response.yaml');
await samplePlan(made);
const { events: school } = city.education.client;
const { events: bureau } = city.ecology.client;
const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
const sink = { kind: 'webhook' as const, url: `${origin}/hook`, batch: 20 };
await school.subscribe({ topic, types: [type], sink }, context);
const { id: subscription } = (await school.subscribe({ topic, types: [type] }, context)).json;
const serve = await hubAgain(made, database, { services });

/** Repeats a call that may be repeated, while the hub or its database is away. */
async function repeated<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof DatongProblem && error.status < 500) throw error;
      await sleep(20);
    }
  }
}

/** events under the plan that are to be published: it allows 200 open ones */
let wanted = 0;
/** id of the hub of those that were */
const planned = new Set<string>();
/** id of the hub, by `district number` of the event */
const published = new Map<string, string>();
let count = 0;

async function publish(district: string, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    const events = Array.from({ length: 1 + random.int(8) }, (): PublishedEvent => {
      count += 1;
      const number = String(count).padStart(8, '0');
      const level = wanted > 0 ? 'red' : 'yellow';
      wanted = Math.max(0, wanted - 1);
      return {
        specversion: '1.0',
        id: number,
        source: district,
        type,
        data: { warning_id: number, district, level },
      };
    });
    const { json } = await repeated(() => {
      moments.emit('publish');
      return bureau.publish(topic, events);
    });
    for (const { id, event } of json.events) published.set(`${district} ${id}`, event);
    await sleep(random.int(20));
  }
}

/** Once: a call that was not answered may have been stored. */
async function confirm(event: string): Promise<void> {
  if (planned.has(event)) return;
  await repeated(async () => {
    moments.emit('confirm');
    await school.acknowledge(event, 'received').catch((error: unknown) => {
      if (!(error instanceof DatongProblem) || error.code !== 'event_grade_again') throw error;
    });
  });
  planned.add(event);
}

async function fetch(until: AbortSignal): Promise<void> {
  let position: string | undefined;
  while (!until.aborted) {
    const { json } = await repeated(() => {
      if (position !== undefined) moments.emit('acknowledge');
      return school.pull(subscription, {
        limit: 50,
        ...(position === undefined ? { wait: 1 } : { after: position }),
      });
    });
    fetched.events.push(...json.events);
    for (const { id, data } of json.events) if (data['level'] === 'red') await confirm(id);
    // now and then it forgets what it did not acknowledge, as a consumer that crashed does
    position = random.int(5) === 0 ? undefined : json.next;
    await sleep(random.int(10));
  }
}

/** Kills at so many moments, each after both consumers got something new. */
async function disturb(kill: () => Promise<void>): Promise<void> {
  for (let nth = 0; nth < kills; nth += 1) {
    const before = [pushed.events.length, fetched.events.length];
    await eventually(
      () => pushed.events.length > Number(before[0]) && fetched.events.length > Number(before[1]),
      () => 'nothing comes',
      { within: 60_000 },
    );
    const begin = begins[nth % begins.length] ?? 'publish';
    if (begin === 'confirm') wanted += 1;
    await once(moments, begin);
    await sleep(random.int(25));
    await kill();
  }
}

/** Every published event came, in the order of its key, and one id has one content. */
function assertWhole({ events }: Received, consumer: string): void {
  const idOf = new Map<string, string>();
  const newest = new Map<string, string>();
  for (const { id, data } of events) {
    const [number, district] = [String(data['warning_id']), String(data['district'])];
    const name = `${district} ${number}`;
    const first = idOf.get(name);
    if (first !== undefined) {
      assert.equal(id, first, `${consumer}: ${name} came again under another id`);
      continue;
    }
    idOf.set(name, id);
    assert.ok(
      number > (newest.get(district) ?? ''),
      `${consumer}: ${name} came after ${newest.get(district)}`,
    );
    newest.set(district, number);
  }
  assert.deepEqual(
    new Map([...idOf].sort()),
    new Map([...published].sort()),
    `${consumer}: lost, or never published`,
  );
}

/** Every event of the plan was confirmed, under one entry, and a message of it has a receipt, under its entry. */
async function assertConfirmed(): Promise<void> {
  assert.ok(planned.size >= Math.floor(kills / begins.length));
  for (const event of planned) {
    const { steps, deliveries } = (await repeated(() => bureau.board(event))).json;
    const own = steps.filter(({ department, step }) => department === 'education' && step === 'receipt');
    assert.deepEqual(
      own.map(({ answeredAt }) => answeredAt !== undefined),
      [true],
    );
    assert.ok(
      deliveries.some(({ receipt }) => receipt !== undefined),
      'no receipt',
    );
  }
  const { rows } = await answered(() =>
    database.owner.query<{ confirmed: string; receipts: string; entries: string }>(
      `SELECT (SELECT count(*) FROM event_acknowledgement AS a JOIN audit_entry AS e ON e.id = a.exchange) AS confirmed,
              (SELECT count(*) FROM event_delivery WHERE receipt IS NOT NULL) AS receipts,
              (SELECT count(*) FROM event_delivery AS d JOIN audit_entry AS e ON e.id = d.receipt) AS entries`,
    ),
  );
  assert.equal(Number(rows[0]?.confirmed), planned.size);
  assert.equal(rows[0]?.entries, rows[0]?.receipts);
}

async function publishUnder(disturbed: () => Promise<void>): Promise<void> {
  const ends = new AbortController();
  const fetching = new AbortController();
  const publishing = districts.map((district) => publish(district, ends.signal));
  const receiving = fetch(fetching.signal);
  try {
    await disturbed();
  } finally {
    ends.abort();
  }
  await Promise.all(publishing);
  const missing = ({ ids }: Received): number => [...published.values()].filter((id) => !ids.has(id)).length;
  await eventually(
    () => missing(pushed) === 0 && missing(fetched) === 0,
    () =>
      `the webhook misses ${missing(pushed)} of ${published.size}, the other consumer ${missing(fetched)}`,
    { within: 60_000 },
  );
  fetching.abort();
  await receiving;
  assertWhole(pushed, 'webhook');
  assertWhole(fetched, 'pull');
  const { rows } = await answered(() =>
    database.owner.query<{ events: string; messages: string }>(
      `SELECT (SELECT count(*) FROM event WHERE topic = $2) AS events,
              (SELECT count(*) FROM audit_entry WHERE id = ANY ($1::uuid[])) AS messages`,
      [[...exchanges], topic],
    ),
  );
  await assertConfirmed();
  assert.deepEqual([rows[0]?.events, rows[0]?.messages].map(Number), [published.size, exchanges.size]);
}

test(`the hub killed ${kills} times: no event lost, order per key, repetitions under the same id`, async (t) => {
  let hub = await serve();
  t.after(() => killHub(hub));
  await publishUnder(() =>
    disturb(async () => {
      await killHub(hub);
      hub = await serve();
    }),
  );
  t.diagnostic(`${published.size} events; ${pushed.events.length} pushed, ${fetched.events.length} fetched`);
});

test(`PostgreSQL killed ${kills} times: no event lost, order per key, repetitions under the same id`, async (t) => {
  const hub = await serve('ignore'); // it reports each call that the database did not answer
  t.after(() => killHub(hub));
  await publishUnder(() => disturb(() => killOneBackend(database, random)));
  t.diagnostic(`${published.size} events; ${pushed.events.length} pushed, ${fetched.events.length} fetched`);
});
