/** docs/bridges.md: its configuration, its fifty stations and its account, run as they are shown, against a real mosquitto and a hub. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readRowsBridgeConfig } from '../../clients/cli/bridge/rowsBridgeConfig.ts';
import { testDatabase } from '../database.ts';
import { datongBin, datongEnvironment, runDatong } from '../datong.ts';
import { profileOf } from '../demoState.ts';
import { sampleCity, testHub } from '../hub.ts';
import { noMosquitto, startMosquitto } from '../mosquitto.ts';

const docs = resolve(import.meta.dirname, '../../docs');
const page = (name: string): string => readFileSync(join(docs, name), 'utf8');
const blocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code);
const english = page('bridges.md');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'datong-bridges-guide-'));
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

test('both languages show the same configurations and commands', () => {
  const chinese = page('bridges.zh-CN.md');
  for (const language of ['yaml', 'sh', 'python', 'console'])
    assert.deepEqual(blocks(chinese, language), blocks(english, language), language);
});

test('the mappings that are shown for SensorThings and NGSI-LD are valid', () => {
  const [whole = '', ...more] = blocks(english, 'yaml');
  const head = whole.slice(0, whole.indexOf('subscriptions:'));
  for (const name of ['mqtt-password', 'broker-ca.pem']) writeFileSync(join(folder, name), 'x\n');
  const file = join(folder, 'shown.yaml');
  const shown = more.filter((one) => one.startsWith('  - topic: v1.1') || one.startsWith('  - topic: ngsi'));
  assert.equal(shown.length, 2);
  writeFileSync(file, `${head}subscriptions:\n${shown.join('')}`);
  assert.deepEqual(
    readRowsBridgeConfig(file).subscriptions.map(({ payload }) => payload),
    ['sensorthings', 'ngsi-ld'],
  );
});

test(
  'fifty stations: every reading is accounted for by a script of its own',
  { skip: noMosquitto },
  async () => {
    const hub = await testHub({ database: await testDatabase() });
    ends.push(() => hub.stop());
    const city = await sampleCity(hub);
    const [dataset = ''] = blocks(page('rows.md'), 'yaml');
    writeFileSync(join(folder, 'dataset.yaml'), dataset);
    await city.apply(join(folder, 'dataset.yaml'));
    const { exchange, open, staff } = hub.hub.origins;
    const profile = profileOf(city.ecology, { exchange, open, staff, ca: hub.ca, keys: undefined });
    writeFileSync(join(folder, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
    const broker = await startMosquitto();
    ends.push(() => broker.remove());
    copyFileSync(broker.ca, join(folder, 'broker-ca.pem'));
    writeFileSync(join(folder, 'mqtt-password'), broker.password, { mode: 0o600 });
    const [config = ''] = blocks(english, 'yaml');
    writeFileSync(join(folder, 'bridge.yaml'), config.replace('mqtts://localhost:8883', broker.url));

    const shown = blocks(english, 'console').map((text) => text.split('\n'));
    const words = (line = ''): readonly string[] =>
      line.replace('$ datong ', '').replace(' --as ecology', '').split(' ');
    const bridge = spawn(process.execPath, [datongBin, ...words(shown[0]?.[0])], {
      cwd: folder,
      env: datongEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(bridge, 'exit') as Promise<[number | null]>;
    ends.push(() => {
      bridge.kill('SIGKILL');
      return ended;
    });
    let said = '';
    bridge.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    for (let i = 0; i < 400 && !said.includes('connected'); i += 1) await sleep(50);

    const [stations = ''] = blocks(english, 'sh');
    const { port, hostname } = new URL(broker.url);
    const how = `-h ${hostname} -p ${port} -V 5 --cafile broker-ca.pem -u ${broker.username} -P ${broker.password}`;
    await run('bash', ['-c', `set -eu\nBROKER="${how}"\n${stations}`], { cwd: folder });
    const [list = '', account = '', expected = ''] = shown[1] ?? [];
    const listing = words(list.split(' > ')[0]);
    const counted = async (): Promise<number> => {
      const { stdout } = await runDatong(listing, { cwd: folder });
      writeFileSync(join(folder, 'batches'), stdout);
      const { batches } = JSON.parse(stdout) as { batches: { counts?: { rows: number; bad: number } }[] };
      return batches.reduce((sum, { counts }) => sum + (counts?.rows ?? 0) + (counts?.bad ?? 0), 0);
    };
    for (let i = 0; i < 60 && (await counted()) < 995; i += 1) await sleep(250);
    bridge.kill('SIGTERM');
    const [code] = await ended;
    assert.equal(code, 0, said);
    writeFileSync(join(folder, 'account.py'), blocks(english, 'python')[0] ?? '');
    const { stdout } = await run('sh', ['-c', account.replace('$ ', '')], { cwd: folder });
    assert.equal(stdout.trim(), expected);
    assert.match(
      said,
      /1000 messages; 990 rows stored, 5 quarantined, 5 rejected, 0 dropped; buffer 0 KiB, lag 0\.0 s/,
    );
    assert.ok(existsSync(join(folder, 'bridge-buffer/ecology.air-quality-live/state.json')));
  },
);
