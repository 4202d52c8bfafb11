/** What runs in the processes of clients: the SDK and the agent, readers of streams, senders of files and rows, parties of events. */
import { setTimeout as sleep } from 'node:timers/promises';
import { signingKey } from '../certs/signatures/index.ts';
import { DatongClient } from '../clients/sdk/datongClient.ts';
import type { DeliveredEvent } from '../clients/sdk/events.ts';
import type { CallContext } from '../clients/sdk/types.ts';
import { testService } from '../tests/flows/serviceProvider.ts';
import { defined } from '../terms/defined.ts';
import { randomBytes, randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { writeHouseholds, type Households } from './adapterFiles.ts';
import { request as requestTls, type RequestOptions } from 'node:https';
import { Agent, request } from 'node:http';
import { readProfile } from '../clients/sdk/profile.ts';

/*
 * A department's program: requests one person at a time, by the SDK or in plain HTTP through the agent, and reports the speed of the
 * answers.
 */

/** Orders for the program. */
export interface AskOrder {
  readonly way: 'sdk' | 'agent';
  readonly atOnce: number;
  readonly milliseconds: number;
  /** each of them begins at most one call in so many milliseconds; absent: the next one at once */
  readonly everyMs?: number;
}

/** Start parameters. */
export interface AskWorld {
  readonly profile: unknown;
  /** of the agent */
  readonly address: string;
  readonly token: string;
  /** full numbers of persons */
  readonly people: readonly string[];
}

const dataset = 'pub-security.household';
const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const headers = {
  'content-type': 'application/json',
  'datong-purpose': context.purpose,
  'datong-agreement': context.agreement,
  'datong-on-behalf-of': context.onBehalfOf,
  'datong-matter': context.matter,
};

type Ask = (person: string) => Promise<void>;
const queryOf = (value: string) => ({ filter: [{ field: 'person_id', op: 'eq' as const, value }] });

function bySdk(profile: unknown): Ask {
  const client = DatongClient.fromProfile(readProfile(profile, 'datong.json'));
  return async (person) => {
    await client.query(dataset, queryOf(person), context);
  };
}

function byAgent({ address, token }: AskWorld): Ask {
  const agent = new Agent({ keepAlive: true });
  return (person) =>
    new Promise((done, fail) => {
      const options = { agent, method: 'POST', headers: { ...headers, authorization: `Bearer ${token}` } };
      const sent = request(`${address}/v1/datasets/${dataset}/query`, options, (reply) => {
        reply.on('end', () =>
          reply.statusCode === 200 ? done() : fail(new Error(`status ${reply.statusCode ?? 0}`)),
        );
        reply.resume();
      });
      sent.on('error', fail);
      sent.end(JSON.stringify(queryOf(person)));
    });
}

let ways: Readonly<Record<AskOrder['way'], Ask>> | undefined;
let people: readonly string[] = [];
let nth = 0;

async function rate({ way, atOnce, milliseconds, everyMs = 0 }: AskOrder): Promise<number> {
  const ask = ways?.[way];
  if (ask === undefined) throw new Error('asked before it was begun');
  let answers = 0;
  const started = performance.now();
  const over = started + milliseconds;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < over) {
        nth += 1;
        const begun = performance.now();
        await ask(people[nth % people.length] ?? '');
        answers += 1;
        const rest = begun + everyMs - performance.now();
        if (rest > 0) await sleep(rest);
      }
    }),
  );
  return (1_000 * answers) / (performance.now() - started);
}

/** The program of the process. */
export function askLoad(): void {
  process.on('message', (reported: AskWorld | AskOrder) => {
    if ('way' in reported) {
      rate(reported).then(
        (found) => process.send?.({ rate: found }),
        (error: unknown) => process.send?.({ error: String(error) }),
      );
      return;
    }
    ({ people } = reported);
    ways = { sdk: bySdk(reported.profile), agent: byAgent(reported) };
    process.send?.({ rate: 0 });
  });
}

/* Reads one stream to its end and stores nothing, in a separate process: what a reader's decryption costs is not the hub's. */

interface StreamToRead {
  readonly targetUri: string;
  readonly options: RequestOptions;
  readonly body: string;
}

/** The program of the process. */
export function readStream(): void {
  process.on('message', ({ targetUri, options, body }: StreamToRead) => {
    const started = performance.now();
    const sent = requestTls(targetUri, { ...options, agent: false }, (response) => {
      let bytes = 0;
      let lines = 0;
      let last: Buffer = Buffer.alloc(0);
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
        last = Buffer.concat([last, chunk]).subarray(-8_192);
      });
      response.on('end', () => {
        const whole = last.includes('{"$end"');
        process.send?.({ bytes, lines, milliseconds: performance.now() - started, whole });
      });
    });
    sent.on('error', (error) => process.send?.({ error: error.message }));
    sent.end(body);
  });
}

/* A department's machine in a separate process, which also makes its files: its memory does not count as the hub's. */

export interface Party {
  readonly department: string;
  readonly tls: { readonly cert: string; readonly key: string };
  /** PEM */
  readonly signing: string;
}

/** A party and the hub that it calls. */
interface Caller extends Party {
  readonly hub: { readonly exchange: string; readonly open: string };
  readonly ca: string;
}

const clientOf = ({ department, hub, ca, tls, signing }: Caller): DatongClient =>
  new DatongClient({ department, hub, ca, tls, signingKey: signingKey(signing) });

export interface Sending extends Caller {
  readonly dataset: string;
  readonly file: string;
  readonly mapping: string;
}

export interface Writing {
  readonly file: string;
  readonly households: Households;
}

const answering = (work: Promise<object>): void => {
  work.then(
    (reported) => process.send?.(reported),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
};

/** The program of the process. */
export function sendFiles(): void {
  process.on('message', (order: Sending | Writing) => {
    answering('households' in order ? write(order) : send(order));
  });
  process.on('disconnect', () => process.exit(0));
}

async function write({ file, households }: Writing): Promise<{ readonly bytes: number }> {
  await writeHouseholds(file, households);
  return { bytes: (await stat(file)).size };
}

async function send(order: Sending): Promise<{ readonly state: string }> {
  const client = clientOf(order);
  const { dataset, file, mapping } = order;
  try {
    return { state: (await client.sendFile(dataset, file, { mapping })).json.state };
  } finally {
    client.close();
  }
}

/** An attachment that a department sends, made of so many bytes, or that it reads. */
export type Carrying = Caller & { readonly dataset: string } & (
    | { readonly field: string; readonly bytes: number }
    | { readonly attachment: string; readonly context: CallContext }
  );

export interface Carried {
  /** id of the attachment */
  readonly attachment: string;
  readonly bytes: number;
  readonly seconds: number;
}

/** The program of the process. */
export function carryAttachments(): void {
  process.on('message', (order: Carrying) => answering(carry(order)));
  process.on('disconnect', () => process.exit(0));
}

/** Connected machines, by hub and department. */
const carriers = new Map<string, DatongClient>();

async function carry(order: Carrying): Promise<Carried> {
  const name = `${order.hub.exchange} ${order.department}`;
  const client = carriers.get(name) ?? clientOf(order);
  carriers.set(name, client);
  const { dataset } = order;
  if ('attachment' in order) {
    const { attachment, context } = order;
    const begun = performance.now();
    let bytes = 0;
    // it throws where they are not the bytes that were sent
    for await (const piece of client.attachments.bytes(dataset, attachment, context)) bytes += piece.length;
    return { attachment, bytes, seconds: (performance.now() - begun) / 1_000 };
  }
  const [head, end] = [Buffer.from('%PDF-1.7\n'), Buffer.from('\n%%EOF\n')];
  const body = Buffer.concat([head, randomBytes(order.bytes - head.length - end.length), end]);
  const upload = { field: order.field, mediaType: 'application/pdf', name: `${randomUUID()}.pdf` };
  const begun = performance.now();
  const { json } = await client.attachments.put(dataset, body, upload);
  return { attachment: json.attachment, bytes: body.length, seconds: (performance.now() - begun) / 1_000 };
}

/* Machines of one department in a separate process: senders of large calls, or devices that push single rows through the SDK. */

export interface Pushing extends Caller {
  readonly dataset: string;
  readonly milliseconds: number;
  /** `calls`: so many rows in each call, by so many senders, each at most one in so many milliseconds; `devices`: a row every so many milliseconds, by so many devices */
  readonly what:
    | { readonly calls: number; readonly senders: number; readonly everyMs?: number }
    | { readonly devices: number; readonly everyMs: number };
  /** no two orders send the same keys */
  readonly round: number;
}

export interface Pushed {
  readonly rows: number;
  readonly calls: number;
  readonly seconds: number;
  /** latencies of the calls, or of single rows from `push` to their receipt, ascending milliseconds */
  readonly latencies: readonly number[];
}

/** The program of the process. */
export function pushRows(): void {
  process.on('message', (order: Pushing) => {
    push(order).then(
      (done) => process.send?.(done),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}

/** A row of 14 fields. */
export const reading = (station: string, nth: number): string =>
  `{"station":"${station}","time":"${new Date(Date.UTC(2026, 0, 1) + nth * 1_000).toISOString()}","pm25":${(nth % 900) / 4},"pm10":${nth % 400},` +
  `"so2":${nth % 60},"no2":${nth % 90},"co":${nth % 3000},"o3":${nth % 240},"temp":${(nth % 350) / 10},"pres":${1000 + (nth % 30)},"dewp":${nth % 20},` +
  `"rain":${(nth % 8) / 2},"wind_direction":"NW","wind_speed":${(nth % 70) / 10}}`;

/** They stay connected: a handshake costs as much as ten calls, and a device makes one in a day. */
const clients: DatongClient[] = [];

async function push(order: Pushing): Promise<Pushed> {
  const { what, milliseconds } = order;
  const until = performance.now() + milliseconds;
  const started = performance.now();
  const done = { rows: 0, calls: 0 };
  const latencies: number[] = [];
  const machines = 'calls' in what ? what.senders : what.devices;
  await Promise.all(
    Array.from({ length: machines }, (_, nth) => {
      const client = (clients[nth] ??= clientOf(order));
      const station = `${order.round}-${nth}`;
      return 'calls' in what
        ? calls(client, order.dataset, station, what)
        : device(client, order.dataset, station, what.everyMs);
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  return { ...done, seconds, latencies: latencies.sort((a, b) => a - b) };

  async function calls(
    client: DatongClient,
    dataset: string,
    station: string,
    { calls: rows, everyMs = 0 }: Extract<Pushing['what'], { readonly calls: number }>,
  ): Promise<void> {
    const path = `/v1/datasets/${dataset}/rows`;
    for (let first = 0; performance.now() < until; first += rows) {
      const body = Buffer.from(
        Array.from({ length: rows }, (_, i) => reading(station, first + i)).join('\n'),
      );
      const headers = { 'content-type': 'application/x-ndjson', 'datong-idempotency-key': randomUUID() };
      const begun = performance.now();
      const { json } = await client.call({ method: 'POST', path, headers, body, receipt: 'required' });
      latencies.push(performance.now() - begun);
      if ((json as { accepted: number }).accepted !== rows) throw new Error(JSON.stringify(json));
      done.calls += 1;
      done.rows += rows;
      const rest = begun + everyMs - performance.now();
      if (rest > 0) await sleep(rest);
    }
  }

  async function device(
    client: DatongClient,
    dataset: string,
    station: string,
    everyMs: number,
  ): Promise<void> {
    const pusher = client.rows(dataset);
    const outcomes: Promise<unknown>[] = [];
    for (let nth = 0; performance.now() < until; nth += 1) {
      const begun = performance.now();
      outcomes.push(
        pusher.deliver(reading(station, nth)).then(({ problem }) => {
          if (problem !== undefined) throw new Error(problem.rule);
          latencies.push(performance.now() - begun);
        }),
      );
      await sleep(everyMs);
    }
    await Promise.all(outcomes);
    const { accepted, calls: made } = await pusher.flush();
    done.rows += accepted;
    done.calls += made;
  }
}

/* Publisher, endpoints and consumer of events in a separate process, so that one clock measures both ends. */

export type Order =
  | {
      readonly act: 'connect';
      readonly hub: { readonly exchange: string; readonly open: string };
      readonly ca: string;
      readonly publisher: Party;
      readonly consumer: Party;
    }
  | {
      /** publishes calls of so many events at a rate, until each receiver has all of them */
      readonly act: 'publish';
      readonly perSecond: number;
      readonly batch: number;
      readonly milliseconds: number;
      /** number of webhooks that get the events, or the subscription that is fetched at the same time */
      readonly receivers: number | string;
    }
  | {
      /** fetches so many stored events */ readonly act: 'replay';
      readonly subscription: string;
      readonly events: number;
    };

export interface Measured {
  readonly events: number;
  readonly seconds: number;
  /** from the call that published an event to its arrival at a receiver, ascending milliseconds */
  readonly latencies: readonly number[];
}

const topic = 'ecology.air-warnings';
const type = 'ecology.air-warning-issued';

/** when each event was published, by its number */
const published = new Map<string, number>();
let latencies: number[] = [];

function arrived(events: readonly DeliveredEvent[]): void {
  const now = performance.now();
  for (const { data } of events) {
    const at = published.get(String(data['warning_id']));
    if (at !== undefined) latencies.push(now - at);
  }
}

let parties: { readonly publisher: DatongClient; readonly consumer: DatongClient } | undefined;
let count = 0;

async function done(
  service: Awaited<ReturnType<typeof testService>>,
  order: Order,
): Promise<Measured | undefined> {
  if (order.act === 'connect') {
    const { hub, ca } = order;
    service.server.setSecureContext({ ...service.tls, ca });
    parties = {
      publisher: clientOf({ ...order.publisher, hub, ca }),
      consumer: clientOf({ ...order.consumer, hub, ca }),
    };
    return undefined;
  }
  if (parties === undefined) throw new Error('not connected');
  return order.act === 'publish'
    ? publish(parties, order)
    : replay(parties.consumer, order.subscription, order.events);
}

async function publish(
  { publisher, consumer }: NonNullable<typeof parties>,
  { perSecond, batch, milliseconds, receivers }: Extract<Order, { act: 'publish' }>,
): Promise<Measured> {
  latencies = [];
  published.clear();
  const begun = performance.now();
  const total = Math.ceil((perSecond * milliseconds) / 1_000 / batch) * batch;
  const expected = typeof receivers === 'number' ? total * receivers : total;
  const fetching = typeof receivers === 'string' ? fetchUntil(consumer, receivers, expected) : undefined;
  const calls: Promise<unknown>[] = [];
  for (let sent = 0; sent < total; sent += batch) {
    await sleep(begun + (sent / perSecond) * 1_000 - performance.now());
    const events = Array.from({ length: batch }, () => {
      count += 1;
      const number = `w-${count}`;
      published.set(number, performance.now());
      return {
        specversion: '1.0' as const,
        id: `e-${count}`,
        source: 'bench',
        type,
        data: { warning_id: number, district: `9901${10 + (count % 80)}`, level: 'orange' },
      };
    });
    calls.push(publisher.events.publish(topic, events));
  }
  await Promise.all([...calls, fetching]);
  for (let waited = 0; latencies.length < expected && waited < 60_000; waited += 10) await sleep(10);
  if (latencies.length < expected) throw new Error(`${latencies.length} of ${expected} came`);
  const seconds = (performance.now() - begun) / 1_000;
  return { events: total, seconds, latencies: [...latencies].sort((a, b) => a - b) };
}

/** Fetches in answers of at most 100, each acknowledged by the next call. */
async function fetchUntil(client: DatongClient, subscription: string, events: number): Promise<void> {
  let after: string | undefined;
  // the last answer of an earlier order was not acknowledged and comes again
  while (latencies.length < events) {
    const { json } = await client.events.pull(subscription, {
      limit: 100,
      wait: 5,
      ...defined({ after }),
    });
    arrived(json.events);
    after = json.next;
  }
}

async function replay(client: DatongClient, subscription: string, events: number): Promise<Measured> {
  const begun = performance.now();
  let after: string | undefined;
  let got = 0;
  while (got < events) {
    const { json } = await client.events.pull(subscription, after === undefined ? {} : { after });
    if (json.events.length === 0) throw new Error(`${got} of ${events} came`);
    got += json.events.length;
    after = json.next;
  }
  return { events: got, seconds: (performance.now() - begun) / 1_000, latencies: [] };
}

/** The program of the process. It sends its address first. */
export async function eventParties(): Promise<void> {
  const service = await testService('localhost');
  service.serve = ({ url, whole }, reply) => {
    const message = JSON.parse(whole.toString('utf8')) as DeliveredEvent | DeliveredEvent[];
    if (!Array.isArray(message) && message.type === 'datong.challenge')
      return void reply.end(JSON.stringify({ challenge: message.data['challenge'] }));
    if (url === '/dead') return; // never answered
    arrived(Array.isArray(message) ? message : [message]);
    reply.writeHead(204).end();
  };
  process.on('message', (order: Order) => {
    done(service, order).then(
      (measured) => process.send?.(measured ?? {}),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port: service.port, ca: service.ca });
}
