/** The examples of docs/bridges.md run as they are printed, against a real mosquitto and a hub: configuration, fifty stations, final count. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { readRowsBridgeConfig } from '../../clients/cli/bridge/rowsBridgeConfig.ts';
import { testDatabase } from '../database.ts';
import { datongBin, datongEnvironment, runDatong } from '../datong.ts';
import { profileOf } from '../demoState.ts';
import { eventually } from '../eventually.ts';
import { sampleCity, testHub } from '../hub.ts';
import { noMosquitto, startMosquitto } from '../mosquitto.ts';

const docs = resolve(import.meta.dirname, '../../docs');
const page = (name: string): string => readFileSync(join(docs, name), 'utf8');
/** The code blocks of a language in a page. */
const codeBlocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code);
const english = page('bridges.md');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'datong-bridges-guide-'));
const cleanups: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const cleanUp of cleanups.reverse()) await cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

test('both languages show the same configurations and commands', () => {
  const chinese = page('bridges.zh-CN.md');
  for (const language of ['yaml', 'sh', 'python', 'console'])
    assert.deepEqual(codeBlocks(chinese, language), codeBlocks(english, language), language);
});

test('the subscriptions for SensorThings and NGSI-LD are valid', () => {
  const [complete = '', ...fragments] = codeBlocks(english, 'yaml');
  const head = complete.slice(0, complete.indexOf('subscriptions:'));
  for (const name of ['mqtt-password', 'broker-ca.pem']) writeFileSync(join(folder, name), 'x\n');
  const file = join(folder, 'shown.yaml');
  const subscriptions = fragments.filter(
    (one) => one.startsWith('  - topic: v1.1') || one.startsWith('  - topic: ngsi'),
  );
  assert.equal(subscriptions.length, 2);
  writeFileSync(file, `${head}subscriptions:\n${subscriptions.join('')}`);
  assert.deepEqual(
    readRowsBridgeConfig(file).subscriptions.map(({ payload }) => payload),
    ['sensorthings', 'ngsi-ld'],
  );
});

test(
  'fifty stations: the script of the page finds every reading stored, quarantined or rejected',
  { skip: noMosquitto },
  async () => {
    const hub = await testHub({ database: await testDatabase() });
    cleanups.push(() => hub.stop());
    const city = await sampleCity(hub);
    const [dataset = ''] = codeBlocks(page('rows.md'), 'yaml');
    writeFileSync(join(folder, 'dataset.yaml'), dataset);
    await city.apply(join(folder, 'dataset.yaml'));
    const { exchange, open, staff } = hub.hub.origins;
    const profile = profileOf(city.ecology, { exchange, open, staff, ca: hub.ca, keys: undefined });
    writeFileSync(join(folder, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
    const broker = await startMosquitto();
    cleanups.push(() => broker.remove());
    copyFileSync(broker.ca, join(folder, 'broker-ca.pem'));
    writeFileSync(join(folder, 'mqtt-password'), broker.password, { mode: 0o600 });
    const [config = ''] = codeBlocks(english, 'yaml');
    writeFileSync(join(folder, 'bridge.yaml'), config.replace('mqtts://localhost:8883', broker.url));

    const consoles = codeBlocks(english, 'console').map((text) => text.split('\n'));
    const argumentsOf = (line = ''): readonly string[] =>
      line.replace('$ datong ', '').replace(' --as ecology', '').split(' ');
    const bridge = spawn(process.execPath, [datongBin, ...argumentsOf(consoles[0]?.[0])], {
      cwd: folder,
      env: datongEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exited = once(bridge, 'exit') as Promise<[number | null]>;
    cleanups.push(() => {
      bridge.kill('SIGKILL');
      return exited;
    });
    let stderr = '';
    bridge.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await eventually(
      () => stderr.includes('connected'),
      () => stderr,
    );

    const [stations = ''] = codeBlocks(english, 'sh');
    const { port, hostname } = new URL(broker.url);
    const options = `-h ${hostname} -p ${port} -V 5 --cafile broker-ca.pem -u ${broker.username} -P ${broker.password}`;
    await run('bash', ['-c', `set -eu\nBROKER="${options}"\n${stations}`], { cwd: folder });
    const [list = '', account = '', expected = ''] = consoles[1] ?? [];
    const countRows = async (): Promise<number> => {
      const { stdout } = await runDatong(argumentsOf(list.split(' > ')[0]), { cwd: folder });
      writeFileSync(join(folder, 'batches'), stdout);
      const { batches } = JSON.parse(stdout) as { batches: { counts?: { rows: number; bad: number } }[] };
      return batches.reduce((sum, { counts }) => sum + (counts?.rows ?? 0) + (counts?.bad ?? 0), 0);
    };
    await eventually(
      async () => (await countRows()) >= 995,
      () => stderr,
      { within: 60_000, every: 250 },
    );
    bridge.kill('SIGTERM');
    const [code] = await exited;
    assert.equal(code, 0, stderr);
    writeFileSync(join(folder, 'account.py'), codeBlocks(english, 'python')[0] ?? '');
    const { stdout } = await run('sh', ['-c', account.replace('$ ', '')], { cwd: folder });
    assert.equal(stdout.trim(), expected);
    assert.match(
      stderr,
      /1000 messages; 990 rows stored, 5 quarantined, 5 rejected, 0 dropped; buffer 0 KiB, lag 0\.0 s/,
    );
    assert.ok(existsSync(join(folder, 'bridge-buffer/ecology.air-quality-live/state.json')));
  },
);
