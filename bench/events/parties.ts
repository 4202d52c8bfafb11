/** Publisher, endpoints and consumer of events in a separate process, so that one clock measures both ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { signingKey } from '../../certs/signatures/index.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import type { DeliveredEvent } from '../../clients/sdk/events.ts';
import { testService } from '../../tests/flows/serviceProvider.ts';
import { defined } from '../../terms/defined.ts';

export interface Party {
  readonly department: string;
  readonly tls: { readonly cert: string; readonly key: string };
  /** PEM */
  readonly signing: string;
}

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

const service = await testService('localhost');
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

service.serve = ({ url, whole }, reply) => {
  const message = JSON.parse(whole.toString('utf8')) as DeliveredEvent | DeliveredEvent[];
  if (!Array.isArray(message) && message.type === 'datong.challenge')
    return void reply.end(JSON.stringify({ challenge: message.data['challenge'] }));
  if (url === '/dead') return; // never answered
  arrived(Array.isArray(message) ? message : [message]);
  reply.writeHead(204).end();
};

let parties: { readonly publisher: DatongClient; readonly consumer: DatongClient } | undefined;
let count = 0;

async function done(order: Order): Promise<Measured | undefined> {
  if (order.act === 'connect') {
    const { hub, ca } = order;
    service.server.setSecureContext({ ...service.tls, ca });
    const clientOf = ({ department, tls, signing }: Party): DatongClient =>
      new DatongClient({ department, hub, ca, tls, signingKey: signingKey(signing) });
    parties = { publisher: clientOf(order.publisher), consumer: clientOf(order.consumer) };
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
        ...{ specversion: '1.0' as const, id: `e-${count}`, source: 'bench', type },
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
      ...{ limit: 100, wait: 5 },
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

process.on('message', (order: Order) => {
  done(order).then(
    (measured) => process.send?.(measured ?? {}),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: service.port, ca: service.ca });
