/**
 * docs/webhooks.md: the receiver in Python is run as it is printed, with nothing but Python, and takes over events of a real hub; the trial
 * on one machine is run in both languages.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'node:https';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { testDatabase } from '../database.ts';
import { eventually } from '../eventually.ts';
import { freePorts } from '../freePorts.ts';
import { sampleCity, testHub } from '../hub.ts';
import { serverCertificate } from '../serverCertificate.ts';
import { demoStage, typedOf, guidesOf, type DemoStage } from './demoStage.ts';
import type { Command, GuideStep } from './guideSteps.ts';

const page = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');
const receiverOf = (text: string): string => /```python\n(.*?)```/s.exec(text)?.[1] ?? assert.fail();
const program = receiverOf(page('webhooks.md'));

const folder = mkdtempSync(join(tmpdir(), 'datong-webhooks-guide-'));
const host = 'events.education.example';
const port = await freePorts();
const { ca, tls } = await serverCertificate(host);
const files = {
  caFile: join(folder, 'ca.pem'),
  CERT: join(folder, 'server.pem'),
  KEY: join(folder, 'server.key'),
};
writeFileSync(files.caFile, ca);
writeFileSync(files.CERT, tls.cert);
writeFileSync(files.KEY, tls.key);
writeFileSync(join(folder, 'receive.py'), program);
const origin = `https://${host}:${port}`;
const hub = await testHub({
  database: await testDatabase(),
  jobsByTime: false,
  resolve: () => Promise.resolve(['127.0.0.1']),
  config: {
    services: [{ department: 'education', origin, addresses: ['127.0.0.1'], caFile: files.caFile }],
  },
});
after(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

const city = await sampleCity(hub);
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
const { events: school } = city.education.client;
const subscribed = async (batch: number): Promise<{ readonly id: string; readonly secret: string }> => {
  const sink = { kind: 'webhook' as const, url: `${origin}/hook`, batch };
  const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
  const { id, secret = '' } = (await school.subscribe({ topic: 'ecology.air-warnings', sink }, context)).json;
  return { id, secret };
};
interface Receiver {
  /** what it prints, line by line */
  readonly lines: AsyncIterator<string>;
  readonly stop: () => Promise<void>;
}
function receiving(secret: string, more: Readonly<Record<string, string>> = {}): Receiver {
  const receiver = spawn('python3', [join(folder, 'receive.py')], {
    env: { ...process.env, SECRET: secret, PORT: String(port), CERT: files.CERT, KEY: files.KEY, ...more },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((done) => receiver.once('exit', () => done()));
  return {
    lines: createInterface(receiver.stdout)[Symbol.asyncIterator](),
    stop: () => {
      receiver.kill();
      return ended;
    },
  };
}
async function proven(id: string): Promise<void> {
  const isTaken = async (): Promise<boolean> => (await school.sink(id, 'test')).json.test?.taken === true;
  for (let tries = 0; !(await isTaken()); tries += 1) {
    assert.ok(tries < 100, 'it does not prove itself');
    await new Promise((done) => setTimeout(done, 100));
  }
}

test('both languages print the same receiver', () => {
  assert.equal(receiverOf(page('webhooks.zh-CN.md')), program);
});

test('the receiver proves itself and takes events, one by one and as a batch; it refuses what is not signed', async () => {
  for (const batch of [1, 10]) {
    const { id: subscription, secret } = await subscribed(batch);
    const { lines, stop } = receiving(secret);
    try {
      await proven(subscription);
      const ids = ['1', '2'].map((one) => `${batch}-${one}`);
      const sent = await city.ecology.client.events.publish(
        'ecology.air-warnings',
        ids.map((id) => ({
          specversion: '1.0',
          id,
          source: 'guide',
          type: 'ecology.air-warning-issued',
          data: { warning_id: id, district: '990101', level: 'red', duty_phone: '0990-5550100' },
        })),
      );
      const got: { id: string; type: string; data: Record<string, unknown> }[] = [];
      while (got.filter(({ type }) => type !== 'datong.test').length < 2) {
        const { value } = (await lines.next()) as { value: string };
        got.push(JSON.parse(value) as (typeof got)[number]);
      }
      const events = got.filter(({ type }) => type !== 'datong.test');
      assert.deepEqual(
        events.map(({ id, data }) => [id, data['warning_id'], 'duty_phone' in data]),
        sent.json.events.map(({ event }, at) => [event, ids[at], false]),
      );
      // another secret: what the hub sends is not signed by the one that the receiver knows
      await school.rotateSecret(subscription, 0);
      const unsigned = (await school.sink(subscription, 'test')).json.test;
      assert.deepEqual([unsigned?.taken, unsigned?.trouble?.status], [false, 401]);
    } finally {
      await school.end(subscription);
      await stop();
    }
  }
});

test('with mutual TLS it takes what the hub sends, and refuses a department and a client without certificate', async () => {
  const root = join(folder, 'hub-root.pem');
  writeFileSync(root, hub.ca);
  const { id, secret } = await subscribed(1);
  const receiver = receiving(secret, { HUB: hub.hub.config.name, HUB_ROOT: root });
  /** Status of an answer to a client with this certificate, or the failure of its connection. */
  const answerTo = (certificate: object): Promise<number | string> =>
    new Promise((done) => {
      const sent = request({ port, host: '127.0.0.1', servername: host, method: 'POST', ca, ...certificate });
      sent.on('response', (reply) => done(reply.resume().statusCode ?? 0));
      sent.on('error', (error) => done((error as NodeJS.ErrnoException).code ?? 'error'));
      sent.end('{}');
    });
  try {
    await proven(id);
    const { cert, key } = city.education.tls;
    assert.equal(await answerTo({ cert, key }), 403);
    assert.match(String(await answerTo({})), /^E/);
  } finally {
    await receiver.stop();
  }
  // it trusts another authority: the hub states why it is not reached
  const { stop } = receiving(secret, { HUB: hub.hub.config.name, HUB_ROOT: files.caFile });
  try {
    const states = async (): Promise<string> =>
      (await school.sink(id, 'test')).json.test?.trouble?.en ?? 'taken';
    await eventually(
      async () => /does not accept the client certificate/.test(await states()),
      () => 'the refused certificate is not stated',
    );
  } finally {
    await school.end(id);
    await stop();
  }
});

const guides = guidesOf('webhooks', ['Try it on one machine', '在一台机器上试用']);

/** The certificate and the configuration of a guide, before its hub starts. @returns the folder of the certificate, and members of hub.json */
function preparedOf(
  steps: readonly GuideStep[],
  usedPort: number,
): { readonly place: string; readonly config: Readonly<Record<string, unknown>> } {
  const place = mkdtempSync(join(folder, 'guide-'));
  const made = steps.find((step) => step.kind === 'command' && step.command.startsWith('openssl '));
  assert.ok(made?.kind === 'command');
  assert.equal(spawnSync('sh', ['-c', made.command], { cwd: place }).status, 0);
  const trial = steps.find((step) => step.kind === 'file' && step.places.includes('trial.json'));
  assert.ok(trial?.kind === 'file');
  const text = trial.text.replace('9443', String(usedPort)).replace('server.pem', join(place, 'server.pem'));
  return { place, config: JSON.parse(text) as Readonly<Record<string, unknown>> };
}

/** Starts the receiver by the line of the guide. */
function startReceiver(stage: DemoStage, command: string): Receiver {
  let line = command;
  for (const [name, value] of stage.names) line = line.replaceAll(name, value);
  const receiver = spawn('sh', ['-c', `exec env ${line}`], {
    cwd: stage.folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((done) => receiver.once('exit', () => done()));
  return {
    lines: createInterface(receiver.stdout)[Symbol.asyncIterator](),
    stop: () => {
      receiver.kill('SIGINT');
      return ended;
    },
  };
}

/** Waits until the receiver prints the event, without what is not granted. */
async function prints({ lines }: Receiver, warning: string): Promise<void> {
  for (;;) {
    const line = (await lines.next()) as IteratorResult<string, undefined>;
    assert.ok(line.done !== true, 'the receiver ended');
    assert.doesNotMatch(line.value, /duty_phone/);
    if (line.value.includes(`"warning_id": "${warning}"`)) return;
  }
}

/** The terminal with the receiver. */
interface Terminal {
  /** what starts it */
  line: string;
  receiver: Receiver | undefined;
}

/** Types a command of the trial, and waits for what it brings about. */
async function typed(stage: DemoStage, step: Command, terminal: Terminal): Promise<void> {
  const { command } = step;
  if (command.startsWith('SECRET=')) terminal.line = command;
  if (/^(?:SECRET=|datong event replay )/.test(command))
    terminal.receiver = startReceiver(stage, terminal.line);
  if (command.startsWith('SECRET=')) return;
  // the receiver starts, the hub delivers and gives up within seconds
  const isAwaited = /event (?:sink test|subscriptions|dead-letters) /.test(command);
  const printed = await stage.shows(step, isAwaited ? 80 : 1);
  if (command.startsWith('datong event subscribe ')) {
    stage.names.set(' ID ', ` ${/[0-9a-f]{8}-[0-9a-f-]{27}/.exec(printed)?.[0] ?? ''} `);
    stage.names.set('whsec_…', /whsec_\S+/.exec(printed)?.[0] ?? '');
  }
  const warning = command.includes('warning.json') ? '2026-118' : '2026-119';
  if (/warning\.json|event replay/.test(command)) await prints(terminal.receiver ?? assert.fail(), warning);
}

for (const { LANG, steps, skip } of guides)
  test(
    `${LANG}: the trial on one machine, from a certificate to a dead letter that is sent again`,
    { skip },
    async () => {
      const usedPort = await freePorts();
      const { place, config } = preparedOf(steps, usedPort);
      const dispatch = { firstMs: 500, maxMs: 60_000, windowMs: 1_500 };
      const stage = await demoStage(LANG, { config, dispatch, jobsByTime: false });
      for (const name of ['server.pem', 'server.key'])
        copyFileSync(join(place, name), join(stage.folder, name));
      stage.names.set('9443', String(usedPort));
      const terminal: Terminal = { line: '', receiver: undefined };
      try {
        for (const step of steps) {
          if (step.kind === 'file') stage.write(step);
          // before the second event the reader ends the receiver
          if (step.kind === 'file' && step.places.includes('second.json')) await terminal.receiver?.stop();
          if (step.kind === 'command' && !/^(?:openssl|datong demo) /.test(step.command))
            await typed(stage, step, terminal);
        }
      } finally {
        await terminal.receiver?.stop();
      }
    },
  );

test('both languages have the same commands and files', () => {
  const [first, second] = guides;
  assert.deepEqual(typedOf(second), typedOf(first));
});
