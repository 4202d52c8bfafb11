/**
 * Two processes of a hub that deliver to webhooks of a school, over real TLS to endpoints whose answers a test decides. For the tests of one
 * file: it starts with the import, and stops after them.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { after, afterEach } from 'node:test';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Subscription, SubscriptionRequest } from '../../clients/sdk/events.ts';
import { testDatabase } from '../database.ts';
import { eventually } from '../eventually.ts';
import { sampleCity, testHub, type TestHubOptions } from '../hub.ts';
import { testService, type Serve } from './serviceProvider.ts';

export const database = await testDatabase({ connections: 30 });
export const host = 'events.school.example';
export const service = await testService(host);
const folder = mkdtempSync(join(tmpdir(), 'datong-webhooks-'));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, service.ca);
export const origin = `https://${host}:${service.port}`;
/** What the name of the endpoint resolves to, one answer after the other; the last one remains. */
let lookedUp: readonly (readonly string[])[] = [['127.0.0.1']];
/** From now on. */
export const lookUpAs = (answers: readonly (readonly string[])[]): void => void (lookedUp = answers);
/** How often each of the two processes resolved the name: once for each message or challenge that it sent. */
export const resolved = { first: 0, second: 0 };
const resolveIn = (process: keyof typeof resolved) => (): Promise<readonly string[]> => {
  resolved[process] += 1;
  const [first = [], ...rest] = lookedUp;
  if (rest.length > 0) lookedUp = rest;
  return Promise.resolve(first);
};
const options: TestHubOptions = {
  database,
  jobsByTime: false,
  dispatch: { firstMs: 60, maxMs: 120, pollMs: 30, patienceMs: 1_000, leaseMs: 4_000, windowMs: 1_500 },
  config: { services: [{ department: 'education', origin, addresses: ['127.0.0.0/30'], caFile }] },
};
export const hub = await testHub({ ...options, resolve: resolveIn('first') });
export const second = await testHub({
  ...options,
  resolve: resolveIn('second'),
  keysDir: hub.hub.config.keysDir,
});
after(async () => {
  await second.stop();
  await hub.stop();
  service.close();
  rmSync(folder, { recursive: true, force: true });
});
service.server.setSecureContext({ ...service.tls, ca: hub.ca });
export const city = await sampleCity(hub);
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
export const { events: school } = city.education.client;
export const topic = 'ecology.air-warnings';
export const issued = 'ecology.air-warning-issued';
export const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
export const nap = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

interface Event {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject?: string;
  readonly data: Readonly<Record<string, unknown>>;
}
interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** subject alternative names of the client's certificate */
  readonly client: string | undefined;
  readonly events: readonly Event[];
  readonly at: number;
}

/** An endpoint below a path of its own. */
export class Endpoint {
  readonly path: string;
  readonly url: string;
  readonly got: Message[] = [];
  challenges = 0;
  /** what a challenge is answered with */
  prove: (challenge: string, reply: ServerResponse) => void = (challenge, reply) =>
    void reply.end(JSON.stringify({ challenge }));
  /** what events are answered with */
  answer: (message: Message, reply: ServerResponse) => void = (_, reply) => void reply.writeHead(204).end();
  private static count = 0;

  constructor() {
    Endpoint.count += 1;
    this.path = `/hook/${Endpoint.count}`;
    this.url = `${origin}${this.path}`;
    endpoints.set(this.path, this);
  }

  get ids(): readonly string[] {
    return this.got.flatMap(({ events }) => events.map(({ id }) => id));
  }

  /** Waits until so many messages came. */
  async until(messages: number): Promise<void> {
    await eventually(
      () => this.got.length >= messages,
      () => `${this.got.length} of ${messages} messages came`,
    );
  }
}
const endpoints = new Map<string, Endpoint>();
const serve: Serve = (request, reply) => {
  const endpoint = endpoints.get(request.url ?? '');
  if (endpoint === undefined) return void reply.writeHead(404).end();
  const parsed = JSON.parse(request.whole.toString('utf8')) as Event | Event[];
  const events = Array.isArray(parsed) ? parsed : [parsed];
  const { headers, rawHeaders, whole: body } = request;
  if (events[0]?.type === 'datong.challenge') {
    endpoint.challenges += 1;
    endpoint.prove(String(events[0].data['challenge']), reply);
    return;
  }
  const { socket } = request;
  const client = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.subjectAltName : undefined;
  const message = { headers, rawHeaders, body, client, events, at: performance.now() };
  endpoint.got.push(message);
  endpoint.answer(message, reply);
};
service.serve = serve;

let count = 0;
/** of events published so far: the newest is `w-COUNT` */
export const published = (): number => count;
/** @param by a machine of the publisher, at one of the two processes @returns ids that the hub gave */
export async function publish(many = 1, data: object = {}, by = city.ecology): Promise<readonly string[]> {
  const events = Array.from({ length: many }, () => {
    count += 1;
    return {
      specversion: '1.0' as const,
      id: `e-${count}`,
      source: 'test',
      type: issued,
      data: {
        warning_id: `w-${count}`,
        district: '990101',
        level: 'orange',
        duty_phone: '0990-5550100',
        ...data,
      },
    };
  });
  const { json } = await by.client.events.publish(topic, events);
  return json.events.map(({ event }) => event);
}
const made = new Set<string>();
export const subscribed = async (
  endpoint: Endpoint,
  batch = 1,
  requested: Partial<SubscriptionRequest> = {},
): Promise<Subscription> => {
  const sink = { kind: 'webhook' as const, url: endpoint.url, batch };
  const { json } = await school.subscribe({ topic, types: [issued], sink, ...requested }, context);
  made.add(json.id);
  return json;
};
afterEach(async () => {
  for (const id of made) await codeOf(school.end(id));
  made.clear();
});
/** As its department sees it. */
export async function shown(id: string, by = city.education): Promise<Subscription> {
  const { json } = await by.client.call({
    method: 'GET',
    path: '/v1/subscriptions?limit=200',
    receipt: 'required',
  });
  return (
    (json as { subscriptions: Subscription[] }).subscriptions.find((one) => one.id === id) ?? assert.fail()
  );
}
export const stateOf = async (id: string): Promise<string | undefined> => (await shown(id)).sink?.state;
export const reaches = (id: string, state: string): Promise<void> =>
  eventually(
    async () => (await stateOf(id)) === state,
    () => `the webhook is not ${state}`,
  );
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );
