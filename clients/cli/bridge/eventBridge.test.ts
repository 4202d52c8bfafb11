/** `datong event bridge` in both directions, as processes of their own, with a real mosquitto, nats-server and RabbitMQ and a whole hub. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { datongBin, datongEnvironment, runDatong } from '../../../tests/datong.ts';
import { writeDemoState, type DemoHub } from '../../../tests/demoState.ts';
import { noMosquitto, startMosquitto } from '../../../tests/mosquitto.ts';
import { noNats, startNats } from '../../../tests/natsServer.ts';
import { nonEmpty } from '../../../tests/nonEmpty.ts';
import { noRabbitmq, startRabbitmq } from '../../../tests/rabbitmq.ts';
import { cityHub } from '../../../tests/cityHub.ts';

interface TestBroker {
  /** the member `broker` of a configuration */
  readonly config: (session: string) => string;
  readonly address: string;
  readonly from: string;
  /** events that came to `address`, in their order */
  readonly received: readonly { readonly at: string; readonly body: string }[];
  readonly send: (payload: string) => Promise<unknown>;
}

const { hub, city } = await cityHub({ jobsByTime: false });
const home = mkdtempSync(join(tmpdir(), 'datong-event-bridge-'));
const ends: (() => unknown)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
const place: DemoHub = { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } };
const statePath = join(home, 'demo.json');
writeDemoState(statePath, place, {}, [city.education, city.ecology]);
writeFileSync(join(home, 'password'), 'not-a-secret', { mode: 0o600 });
const topic = 'ecology.air-warnings';
const subject = '990101';
const context = { agreement: 'agr-air-warnings', purpose: 'public-service' };

const cloudEvent = (id: string): Record<string, unknown> => ({
  ...(JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../samples/air-warning/warning.json'), 'utf8'),
  ) as Record<string, unknown>),
  id,
});

async function bridged(
  file: string,
  department: string,
): Promise<{ readonly child: ChildProcess; readonly end: (signal?: NodeJS.Signals) => Promise<string> }> {
  const words = ['event', 'bridge', '--config', file, '--as', department];
  const child = spawn(process.execPath, [datongBin, ...words], {
    cwd: home,
    env: datongEnvironment({ DATONG_STATE: statePath }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  ends.push(() => void child.kill('SIGKILL'));
  await until(
    () => stderr.includes('connected'),
    () => stderr,
  );
  return {
    child,
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const [code] = await ended;
      if (signal === 'SIGTERM') assert.equal(code, 0, stderr);
      return stderr;
    },
  };
}

/** What both directions do, whatever the broker is. */
async function bothDirections(kind: string, broker: TestBroker): Promise<void> {
  const requested = { topic, types: ['ecology.air-warning-issued'] };
  const { json } = await city.education.client.events.subscribe(requested, context);
  const outFile = `${kind}-out.yaml`;
  writeFileSync(
    join(home, outFile),
    `broker: ${broker.config(`${kind}-out`)}\ntoBroker: [{ subscription: ${json.id}, address: "${broker.address}" }]\n`,
  );
  writeFileSync(
    join(home, `${kind}-in.yaml`),
    `broker: ${broker.config(`${kind}-in`)}\ntoHub: [{ topic: ${topic}, from: "${broker.from}" }]\nrejects: { file: ${kind}-rejects.ndjson }\n`,
  );
  const out = await bridged(outFile, 'education');
  let into = await bridged(`${kind}-in.yaml`, 'ecology');
  const ids = Array.from({ length: 30 }, (_, i) => `${kind}-${i}`);
  for (const id of ids.slice(0, 15)) await broker.send(JSON.stringify(cloudEvent(id)));
  await into.end('SIGKILL');
  into = await bridged(`${kind}-in.yaml`, 'ecology');
  for (const id of ids.slice(15)) await broker.send(JSON.stringify(cloudEvent(id)));
  await broker.send('no event');
  // a double cannot represent this number: the hub would store another one
  const data = { warning_id: '2026-118', district: subject, level: 'orange' };
  const inexact = JSON.stringify({ ...cloudEvent(`${kind}-inexact`), data });
  await broker.send(inexact.replace('"orange"', '"orange","peak_aqi":12345678901234567'));
  await broker.send(JSON.stringify({ ...cloudEvent(`${kind}-bad`), subject: 'elsewhere' }));
  await broker.send(JSON.stringify(cloudEvent(ids[0] ?? '')));
  await until(
    () => broker.received.length >= 30,
    () => `${broker.received.length} of 30`,
  );
  await sleep(500);
  const reported = await into.end();
  assert.match(reported, /3 rejected/);
  const rules = readFileSync(join(home, `${kind}-rejects.ndjson`), 'utf8')
    .trim()
    .split('\n');
  assert.deepEqual(rules.map((line) => (JSON.parse(line) as { rule: string }).rule).sort(), [
    'event_invalid',
    'number.inexact',
    'payload.json',
  ]);

  const events = broker.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  assert.equal(events.length, 30);
  assert.equal(new Set(events.map(({ id }) => id)).size, 30);
  assert.deepEqual(events[0]?.['data'], {
    warning_id: '2026-118',
    district: subject,
    level: 'orange',
    peak_aqi: 250,
  });
  const { json: pulled } = await city.ecology.client.events.publish(topic, [
    cloudEvent(ids[3] ?? '') as never,
  ]);
  assert.equal(pulled.events[0]?.repeated, true);
  assert.equal(pulled.events[0].event, events[3]?.['id'], 'the order of the broker, and the id of the hub');
  for (const { at } of nonEmpty(broker.received)) assert.ok(at.includes(subject), at);
  assert.match(await out.end(), /30 events to the broker/);
  // what the broker has acknowledged is acknowledged to the hub: nothing comes again after a start
  const again = await bridged(outFile, 'education');
  await sleep(500);
  assert.match(await again.end('SIGTERM'), /0 events to the broker/);
}

test('MQTT', { skip: noMosquitto }, async () => {
  const server = await startMosquitto();
  ends.push(() => server.remove());
  const { connect } = (await import('mqtt')).default;
  const login = { username: server.username, password: server.password, ca: readFileSync(server.ca) };
  const client = connect(server.url, { protocolVersion: 5, clientId: 'test', ...login });
  ends.push(() => void client.end(true));
  const received: { at: string; body: string }[] = [];
  client.on('message', (at, body) => received.push({ at, body: body.toString() }));
  await client.subscribeAsync('out/#', { qos: 1 });
  await bothDirections('mqtt', {
    config: (session) =>
      `{ kind: mqtt, url: ${server.url}, clientId: ${session}, username: gateway, passwordFile: password, ca: ${server.ca} }`,
    address: 'out/{type}/{subject}',
    from: 'in/#',
    received,
    send: (payload) => client.publishAsync('in/warnings', payload, { qos: 1 }),
  });
});

test('NATS JetStream', { skip: noNats }, async () => {
  const server = await startNats();
  ends.push(() => server.remove());
  const { connect } = await import('@nats-io/transport-node');
  const { jetstream, jetstreamManager } = await import('@nats-io/jetstream');
  const client = await connect({ port: server.port, user: server.username, pass: server.password });
  ends.push(() => client.close());
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'OUT', subjects: ['out.>'] });
  await manager.streams.add({ name: 'IN', subjects: ['in.>'] });
  const received: { at: string; body: string }[] = [];
  client.subscribe('out.>', {
    callback: (_, message) => {
      received.push({ at: message.subject, body: message.string() });
    },
  });
  await bothDirections('nats', {
    config: () =>
      `{ kind: nats, url: "nats://127.0.0.1:${server.port}", username: gateway, passwordFile: password }`,
    address: 'out.{type}.{subject}',
    from: 'IN/datong',
    received,
    send: (payload) => jetstream(client).publish('in.warnings', payload),
  });

  // two subscriptions send the same event to one stream, each to its address
  received.length = 0;
  const requested = { topic, types: ['ecology.air-warning-issued'] };
  const both = ['out.all.{type}', 'out.districts.{subject}'];
  const entries: string[] = [];
  for (const address of both) {
    const { json } = await city.education.client.events.subscribe(requested, context);
    entries.push(`{ subscription: ${json.id}, address: "${address}" }`);
  }
  const broker = `{ kind: nats, url: "nats://127.0.0.1:${server.port}", username: gateway, passwordFile: password }`;
  writeFileSync(join(home, 'both.yaml'), `broker: ${broker}\ntoBroker: [${entries.join(', ')}]\n`);
  const out = await bridged('both.yaml', 'education');
  await city.ecology.client.events.publish(topic, [cloudEvent('nats-both') as never]);
  await until(
    () => received.length >= both.length,
    () => JSON.stringify(received),
  );
  await out.end();
  assert.deepEqual(received.map(({ at }) => at.split('.')[1]).sort(), ['all', 'districts']);
  assert.equal((await manager.streams.info('OUT')).state.messages, 30 + both.length);
});

test('AMQP 0-9-1', { skip: noRabbitmq }, async () => {
  const server = await startRabbitmq();
  ends.push(() => server.remove());
  const { connect } = (await import('amqplib')).default;
  const client = await connect(`amqp://guest:guest@127.0.0.1:${server.port}`);
  ends.push(() => client.close());
  const channel = await client.createConfirmChannel();
  await channel.assertExchange('warnings', 'topic', { durable: true });
  await channel.assertQueue('in', { durable: true });
  const { queue } = await channel.assertQueue('out', { durable: true });
  await channel.bindQueue(queue, 'warnings', '#');
  const received: { at: string; body: string }[] = [];
  await channel.consume(queue, (message) => {
    if (message === null) return;
    received.push({ at: message.fields.routingKey, body: message.content.toString() });
    channel.ack(message);
  });
  writeFileSync(join(home, 'guest'), 'guest');
  await bothDirections('amqp', {
    config: () =>
      `{ kind: amqp, url: "amqp://127.0.0.1:${server.port}", username: guest, passwordFile: guest }`,
    address: 'warnings/{type}.{subject}',
    from: 'in',
    received,
    send: (payload) =>
      new Promise((resolve, reject) =>
        channel.sendToQueue(
          'in',
          Buffer.from(payload),
          { persistent: true },
          (error: Error | null | undefined) =>
            error === null || error === undefined ? resolve(undefined) : reject(error),
        ),
      ),
  });
});

test('what is wrong in the configuration is named; a password is not sent without TLS', async () => {
  const tried = async (text: string): Promise<string> => {
    writeFileSync(join(home, 'wrong.yaml'), text);
    const { code, stderr } = await runDatong(
      ['event', 'bridge', '--config', 'wrong.yaml', '--as', 'education'],
      {
        cwd: home,
        env: { DATONG_STATE: statePath },
      },
    );
    assert.equal(code, 4, stderr);
    return stderr;
  };
  const toHub = 'toHub: [{ topic: a.b, from: x }]\n';
  assert.match(
    await tried(`broker: { kind: kafka }\n${toHub}`),
    /broker\.kind: mqtt, amqp or nats is wanted/,
  );
  assert.match(
    await tried(
      `broker: { kind: amqp, url: "amqp://broker.example", username: a, passwordFile: password }\n${toHub}`,
    ),
    /broker\.url: a password is not sent over a connection without TLS/,
  );
  assert.match(
    await tried('broker: { kind: nats, url: "nats://127.0.0.1:1" }\n'),
    /toBroker or toHub is wanted/,
  );
  const nats = 'broker: { kind: nats, url: "nats://127.0.0.1:1" }\n';
  for (const from of ['WARNINGS', 'A/b/c', 'A.b/c', '/c'])
    assert.match(
      await tried(`${nats}toHub: [{ topic: ${topic}, from: "${from}" }]\n`),
      /toHub\.0\.from.*STREAM\/consumer is wanted/,
    );
  assert.match(
    await tried(
      'broker: { kind: amqp, url: "amqp://127.0.0.1:1" }\ntoBroker: [{ subscription: s, address: warnings }]\n',
    ),
    /toBroker\.0\.address.*\/queue is wanted/,
  );
});

async function until(holds: () => boolean, output: () => string): Promise<void> {
  for (let i = 0; i < 1_200; i += 1) {
    if (holds()) return;
    await sleep(50);
  }
  assert.fail(`it did not come to be within 60 s: ${output()}`);
}
