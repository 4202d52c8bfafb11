/** docs/webhooks.md: the receiver in Python is run as it is printed, with nothing but Python, and takes over events of a real hub. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { testDatabase } from '../database.ts';
import { freePorts } from '../freePorts.ts';
import { sampleCity, testHub } from '../hub.ts';
import { serverCertificate } from '../serverCertificate.ts';

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

test('both languages print the same receiver', () => {
  assert.equal(receiverOf(page('webhooks.zh-CN.md')), program);
});

test('the receiver proves itself and takes events, one by one and as a batch; it refuses what is not signed', async () => {
  const city = await sampleCity(hub);
  await city.apply('air-warning/topic.yaml');
  await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
  const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
  for (const batch of [1, 10]) {
    const sink = { kind: 'webhook' as const, url: `${origin}/hook`, batch };
    const { json } = await city.education.client.events.subscribe(
      { topic: 'ecology.air-warnings', sink },
      context,
    );
    const receiver = spawn('python3', [join(folder, 'receive.py')], {
      env: { ...process.env, SECRET: json.secret, PORT: String(port), CERT: files.CERT, KEY: files.KEY },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise((done) => receiver.once('exit', done));
    try {
      const lines = createInterface(receiver.stdout)[Symbol.asyncIterator]();
      const proven = async (): Promise<boolean> =>
        (await city.education.client.events.sink(json.id, 'test')).json.test?.taken === true;
      for (let tries = 0; !(await proven()); tries += 1) {
        assert.ok(tries < 100, 'it does not prove itself');
        await new Promise((done) => setTimeout(done, 100));
      }
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
      await city.education.client.events.rotateSecret(json.id, 0);
      const unsigned = (await city.education.client.events.sink(json.id, 'test')).json.test;
      assert.deepEqual([unsigned?.taken, unsigned?.trouble?.status], [false, 401]);
    } finally {
      await city.education.client.events.end(json.id);
      receiver.kill();
      await ended;
    }
  }
});
