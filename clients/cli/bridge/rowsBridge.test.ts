/** `datong rows bridge mqtt` as a process of its own, between a real mosquitto and a whole hub. Every reading is accounted for. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { datasetTable } from '../../../hub/domain/rowTable/layout.ts';
import { hubAgain } from '../../../tests/attackers/hubAgain.ts';
import { testDatabase } from '../../../tests/database.ts';
import { datongBin, datongEnvironment, runDatong } from '../../../tests/datong.ts';
import { profileOf } from '../../../tests/demoState.ts';
import { sampleCity, testHub } from '../../../tests/hub.ts';
import { smallDisk } from '../../../tests/smallDisk.ts';
import { noMosquitto, startMosquitto, type Mosquitto } from '../../../tests/mosquitto.ts';
import type { RowsBridgeFigures } from './rowsBridge.ts';

const dataset = 'ecology.air-live';
const strict = 'ecology.air-strict';
const others = [
  'pm10',
  'so2',
  'no2',
  'co',
  'o3',
  'temp',
  'pres',
  'dewp',
  'rain',
  'wind_direction',
  'wind_speed',
];
const constants = `{ ${others.map((name) => `${name}: null`).join(', ')} }`;

describe('rows from MQTT', { skip: noMosquitto }, async () => {
  const database = await testDatabase({ connections: 20 });
  const made = await testHub({ database });
  const home = mkdtempSync(join(tmpdir(), 'datong-bridge-'));
  let broker: Mosquitto;
  let sender: MqttClient;
  let hub: ChildProcess;
  let serve: () => Promise<ChildProcess>;
  const children = new Set<ChildProcess>();
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    const gone = once(hub, 'exit');
    hub.kill('SIGKILL');
    await gone;
    sender.end(true);
    await broker.remove();
    await made.stop();
    rmSync(home, { recursive: true, force: true });
  });

  before(async () => {
    broker = await startMosquitto();
    const { connect } = (await import('mqtt')).default;
    sender = connect(broker.url, {
      protocolVersion: 5,
      clientId: 'stations',
      username: broker.username,
      password: broker.password,
      ca: readFileSync(broker.ca),
    });
    await new Promise((go) => sender.once('connect', go));
    const city = await sampleCity(made);
    for (const [id, onBad] of [
      [dataset, 'quarantine'],
      [strict, 'refuse'],
    ]) {
      const registered = await made.staff(city.operator, 'POST', '/v1/datasets', {
        id,
        title: { zh: '读数', en: 'Readings' },
        schema: 'urn:datong:air-quality-hourly:1.0',
        mode: 'upsert',
        sharing: { type: 'none' },
        intake: { byCall: { onBad } },
      });
      assert.equal(registered.status, 201, JSON.stringify(registered.json));
    }
    await made.hub.services.registry.refresh();
    const { exchange, open, staff } = made.hub.origins;
    const profile = profileOf(city.ecology, { exchange, open, staff, ca: made.ca, keys: undefined });
    writeFileSync(join(home, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
    writeFileSync(join(home, 'mqtt-password'), `${broker.password}\n`, { mode: 0o600 });
    serve = await hubAgain(made, database);
    hub = await serve();
  });

  /** The file of a bridge. @param name of its folder and its session */
  function configured(name: string, subscription: string, more = ''): string {
    const file = join(home, `${name}.yaml`);
    writeFileSync(
      file,
      `broker:
  url: ${broker.url}
  clientId: ${name}
  username: ${broker.username}
  passwordFile: mqtt-password
  ca: ${broker.ca}
  maxInFlight: 200
buffer: { folder: ${name}${more} }
call: { maxRows: 100, maxDelayMs: 50 }
subscriptions:
${subscription}`,
    );
    return file;
  }

  interface Bridge {
    readonly child: ChildProcess;
    readonly figures: () => RowsBridgeFigures | undefined;
    readonly stderr: () => string;
    end(signal?: NodeJS.Signals): Promise<number | null>;
  }

  async function bridged(file: string): Promise<Bridge> {
    const child = spawn(
      process.execPath,
      [datongBin, 'rows', 'bridge', 'mqtt', '--config', file, '--report', '1', '--json'],
      { cwd: home, env: datongEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    children.add(child);
    const ended = once(child, 'exit') as Promise<[number | null]>;
    let out = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const bridge: Bridge = {
      child,
      figures: () => {
        const line = out.trimEnd().split('\n').at(-1);
        return line === undefined || line === '' ? undefined : (JSON.parse(line) as RowsBridgeFigures);
      },
      stderr: () => stderr,
      end: async (signal = 'SIGTERM') => {
        child.kill(signal);
        const [code] = await ended;
        children.delete(child);
        return code;
      },
    };
    await until(
      () => stderr.includes('connected') || child.exitCode !== null,
      () => stderr,
    );
    return bridge;
  }

  const reading = (nth: number, more: object = {}): string =>
    JSON.stringify({
      time: new Date(Date.UTC(2026, 0, 1) + nth * 60_000).toISOString(),
      pm25: nth % 300,
      ...more,
    });
  const publish = (topic: string, payload: string): Promise<unknown> =>
    sender.publishAsync(topic, payload, { qos: 1 });

  /** Rows that the hub has stored and quarantined, by the beginning of their station. */
  async function storedOf(id: string, station: string): Promise<number> {
    const schema = made.hub.services.registry.current.datasets.get(id)?.schema;
    assert.ok(schema);
    const table = datasetTable(id, schema);
    const { rows: present } = await database.app.query('SELECT 1 WHERE to_regclass($1) IS NOT NULL', [table]);
    if (present.length === 0) return 0; // it is made with the first row
    const { rows } = await database.app.query<{ n: string }>(
      `SELECT count(*) AS n FROM ${table} WHERE f_station LIKE $1`,
      [`${station}%`],
    );
    return Number(rows[0]?.n);
  }
  const counted = async (id: string): Promise<{ readonly ok: number; readonly bad: number }> => {
    const { rows } = await database.app.query<{ ok: string; bad: string }>(
      'SELECT coalesce(sum(rows_ok), 0) AS ok, coalesce(sum(rows_bad), 0) AS bad FROM batch WHERE dataset = $1',
      [id],
    );
    return { ok: Number(rows[0]?.ok), bad: Number(rows[0]?.bad) };
  };
  const rejectsIn = (folder: string): readonly { readonly rule: string; readonly payload: string }[] => {
    const file = join(home, folder, 'rejects.ndjson');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as { rule: string; payload: string });
  };

  test('readings are stored, bad ones quarantined, unreadable ones in the rejects file; SIGTERM ends it', async () => {
    const json = `  - { topic: first/+/air, dataset: ${dataset}, topicFields: { station: 2 }, constants: ${constants} }\n`;
    const bridge = await bridged(configured('first', json));
    const before = await counted(dataset);
    for (let i = 0; i < 150; i += 1) await publish(`first/first-${i % 50}/air`, reading(i));
    await publish('first/first-x/air', reading(1, { pm25: -1 }));
    await publish('first/first-x/air', '{"pm25":');
    await publish('first/first-x/air', Buffer.from([0xff, 0x00]).toString('latin1'));
    await until(
      async () => (await storedOf(dataset, 'first-')) === 150 && rejectsIn('first').length === 2,
      bridge.stderr,
    );
    assert.equal(await bridge.end(), 0, bridge.stderr());
    const { messages, accepted, quarantined, rejected, dropped, bufferedBytes } =
      bridge.figures() ?? assert.fail();
    assert.deepEqual(
      [messages, accepted, quarantined, rejected, dropped, bufferedBytes],
      [153, 150, 1, 2, 0, 0],
    );
    const { ok, bad } = await counted(dataset);
    assert.deepEqual([ok - before.ok, bad - before.bad], [150, 1]);
    assert.equal(Buffer.from(rejectsIn('first')[0]?.payload ?? '', 'base64').toString(), '{"pm25":');
    assert.equal(statSync(join(home, 'first/rejects.ndjson')).mode & 0o077, 0);
    assert.match(
      bridge.stderr(),
      /153 messages; 150 rows stored, 1 quarantined, 2 rejected, 0 dropped; buffer 0 KiB, lag 0\.0 s/,
    );
  });

  test('where one bad row refuses a call, only this row is rejected', async () => {
    const csv = `  - { topic: strict/+, dataset: ${strict}, payload: csv, columns: { time: text, pm25: number }, topicFields: { station: 2 }, constants: ${constants} }\n`;
    const bridge = await bridged(configured('strict', csv));
    await publish(
      'strict/strict-1',
      '2026-01-01T00:00:00Z,12.5\n2026-01-01T01:00:00Z,-7\n2026-01-01T02:00:00Z,\n',
    );
    await publish('strict/strict-2', '2026-01-01T00:00:00Z,x\n2026-01-01T01:00:00Z,8\n');
    await until(
      async () => (await storedOf(strict, 'strict-')) === 3 && rejectsIn('strict').length === 2,
      bridge.stderr,
    );
    assert.equal(await bridge.end('SIGINT'), 0, bridge.stderr());
    assert.deepEqual(
      rejectsIn('strict')
        .map(({ rule }) => rule)
        .sort(),
      ['minimum', 'payload.shape'],
    );
  });

  test('the hub is away: messages are stored, acknowledged, and sent in their order; above the limit the broker holds them back', async () => {
    const json = `  - { topic: away/+, dataset: ${dataset}, topicFields: { station: 2 }, constants: ${constants} }\n`;
    const bridge = await bridged(configured('away', json, ', maxBytes: 40000'));
    await publish('away/away-0', reading(0));
    await until(async () => (await storedOf(dataset, 'away-')) === 1, bridge.stderr);
    const gone = once(hub, 'exit');
    hub.kill('SIGKILL');
    await gone;
    for (let i = 1; i < 1_500; i += 1) await publish(`away/away-${i}`, reading(i));
    await until(() => bridge.figures()?.bufferIsFull === true, bridge.stderr);
    const { messages, bufferedBytes } = bridge.figures() ?? assert.fail();
    // beyond the limit: what one write adds, and 200 messages in flight that wait in memory
    assert.ok(bufferedBytes < 40_000 + 256 * 250, String(bufferedBytes));
    assert.ok(messages > 200 && messages < 1_000, String(messages));
    // killed while it is full
    await bridge.end('SIGKILL');
    hub = await serve();
    const again = await bridged(join(home, 'away.yaml'));
    await until(async () => (await storedOf(dataset, 'away-')) === 1_500, again.stderr);
    assert.equal(await again.end(), 0, again.stderr());
    assert.deepEqual(rejectsIn('away'), []);
    const { accepted, quarantined, dropped } = again.figures() ?? assert.fail();
    assert.deepEqual([accepted, quarantined, dropped], [1_500, 0, 0]);
  });

  test('the disk takes nothing: nothing is acknowledged, and what waited is stored once when it does again', async (t) => {
    const json = `  - { topic: disk/+, dataset: ${dataset}, topicFields: { station: 2 }, constants: ${constants} }\n`;
    const disk = smallDisk(join(home, 'disk'));
    t.after(() => disk.remove());
    const bridge = await bridged(configured('disk', json));
    await publish('disk/disk-0', reading(0));
    await until(async () => (await storedOf(dataset, 'disk-')) === 1, bridge.stderr);
    const free = disk.fill(join(home, 'disk', dataset));
    for (let i = 1; i <= 50; i += 1) await publish(`disk/disk-${i}`, reading(i));
    await until(() => bridge.stderr().includes('trying again'), bridge.stderr);
    if (disk.isReal) assert.match(bridge.stderr(), /the disk is full/);
    await sleep(300);
    assert.deepEqual([bridge.child.exitCode, await storedOf(dataset, 'disk-')], [null, 1], bridge.stderr());
    free();
    await until(async () => (await storedOf(dataset, 'disk-')) === 51, bridge.stderr);
    assert.equal(await bridge.end(), 0, bridge.stderr());
    const { messages, accepted, bufferedBytes } = bridge.figures() ?? assert.fail();
    assert.deepEqual([messages, accepted, bufferedBytes], [51, 51, 0]);
  });

  test('the broker goes away and comes back: the bridge connects again, and no reading is lost', async () => {
    const json = `  - { topic: gone/+, dataset: ${dataset}, topicFields: { station: 2 }, constants: ${constants} }\n`;
    const bridge = await bridged(configured('gone', json));
    const before = await counted(dataset);
    const sent: Promise<unknown>[] = [];
    for (let i = 0; i < 300; i += 1) {
      // the sender repeats what the broker did not acknowledge
      sent.push(publish(`gone/gone-${i}`, reading(i)));
      if (i === 100) await broker.stop();
      if (i === 200) await broker.start();
      await sleep(2);
    }
    await Promise.all(sent);
    await until(async () => (await storedOf(dataset, 'gone-')) === 300, bridge.stderr);
    assert.match(bridge.stderr(), /trying again.*\n(?:.*\n)*.*connected/);
    assert.equal(await bridge.end(), 0, bridge.stderr());
    assert.equal((await counted(dataset)).bad, before.bad);
  });

  test('killed (SIGKILL) ten times, and the hub once: every reading is stored or rejected, none twice', async () => {
    const json = `  - { topic: killed/+, dataset: ${dataset}, topicFields: { station: 2 }, constants: ${constants} }\n`;
    const file = configured('killed', json);
    const before = await counted(dataset);
    let bridge = await bridged(file);
    const sent = { good: 0, bad: 0, unreadable: 0, mixed: 0 };
    let isSending = true;
    const sending = (async () => {
      for (let i = 0; isSending; i += 1) {
        const [kind, payload]: [keyof typeof sent, string] =
          i % 50 === 7
            ? ['unreadable', `no JSON ${i}`]
            : i % 5 === 3
              ? ['mixed', `[${reading(i)},${i},${i + 0.5}]`]
              : i % 50 === 9
                ? ['bad', reading(i, { pm25: -1 })]
                : ['good', reading(i)];
        await publish(`killed/killed-${i % 40}`, payload);
        sent[kind] += 1;
        await sleep(1);
      }
    })();
    for (let kill = 0; kill < 10; kill += 1) {
      await sleep(150 + ((kill * 137) % 400));
      await bridge.end('SIGKILL');
      if (kill === 4) {
        const gone = once(hub, 'exit');
        hub.kill('SIGKILL');
        await gone;
      }
      bridge = await bridged(file);
      if (kill === 5) hub = await serve();
    }
    isSending = false;
    await sending;
    const { bad, mixed } = sent;
    // of a mixed message one part is a reading, and two are none
    const [good, unreadable] = [sent.good + mixed, sent.unreadable + 2 * mixed];
    await until(
      async () => (await counted(dataset)).ok - before.ok >= good && rejectsIn('killed').length >= unreadable,
      bridge.stderr,
    );
    await sleep(500);
    assert.equal(await bridge.end(), 0, bridge.stderr());
    const now = await counted(dataset);
    assert.deepEqual(
      { good: now.ok - before.ok, bad: now.bad - before.bad, unreadable: rejectsIn('killed').length },
      { good, bad, unreadable },
    );
    assert.equal(await storedOf(dataset, 'killed-'), good);
    const { accepted, quarantined } = bridge.figures() ?? assert.fail();
    assert.deepEqual([accepted, quarantined], [good, bad]);
    assert.ok(good > 500, String(good));
  });

  test('a refusal of the broker or the hub ends it, and a second bridge on the folder is refused', async () => {
    const one = `  - { topic: other/+, dataset: ${dataset} }\n`;
    const file = configured('other', one);
    const bridge = await bridged(file);
    const second = await runDatong(['rows', 'bridge', 'mqtt', '--config', file], { cwd: home });
    assert.deepEqual([second.code, /another bridge \(process \d+\) uses/.test(second.stderr)], [4, true]);
    await bridge.end();
    writeFileSync(file, readFileSync(file, 'utf8').replace('username: gateway', 'username: unknown'));
    const unknown = await runDatong(['rows', 'bridge', 'mqtt', '--config', file], { cwd: home });
    assert.deepEqual([unknown.code, /reason code 13[45]/.test(unknown.stderr)], [1, true], unknown.stderr);
    const elsewhere = configured('nowhere', '  - { topic: none/+, dataset: ecology.no-such }\n');
    const refused = await bridged(elsewhere);
    await publish('none/1', '{}');
    await until(() => refused.child.exitCode !== null, refused.stderr);
    assert.equal(refused.child.exitCode, 1, refused.stderr());
    assert.match(refused.stderr(), /dataset_unknown/);
  });
});

async function until(holds: () => boolean | Promise<boolean>, output: () => string): Promise<void> {
  for (let i = 0; i < 600; i += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  assert.fail(`it did not come to be within 30 s: ${output()}`);
}
