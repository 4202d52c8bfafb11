/** The commands of docs/rows.md, typed as they are shown, and the same in both languages. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeCurl } from '../../hub/platform/http/contract/curlExample.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { testDatabase } from '../database.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { datongBin, datongEnvironment, runDatong } from '../datong.ts';
import { profileOf } from '../demoState.ts';
import { sampleCity, testHub } from '../hub.ts';

const page = (name: string): string => readFileSync(resolve(import.meta.dirname, '../../docs', name), 'utf8');
/** Code of a page, by its language. */
const blocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code);
const english = page('rows.md');

const database = await testDatabase();
const hub = await testHub({ database });
const folder = mkdtempSync(join(tmpdir(), 'datong-rows-guide-'));
const run = promisify(execFile);
let agent = '';
let client: DatongClient;
const names = [
  'pm25',
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
const example = {
  time: '2026-09-01T10:00:00+08:00',
  ...Object.fromEntries(names.map((name) => [name, null])),
};
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends) await end();
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

before(async () => {
  const city = await sampleCity(hub);
  ({ client } = city.ecology);
  const [dataset = ''] = blocks(english, 'yaml');
  writeFileSync(join(folder, 'dataset.yaml'), dataset);
  await city.apply(join(folder, 'dataset.yaml'));
  const { exchange, open, staff } = hub.hub.origins;
  const profile = profileOf(city.ecology, { exchange, open, staff, ca: hub.ca, keys: undefined });
  writeFileSync(join(folder, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
  const child = spawn(process.execPath, [datongBin, 'agent', '--port', '0', '--save', 'kept'], {
    cwd: folder,
    env: datongEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  ends.push(() => {
    child.kill('SIGTERM');
    return ended;
  });
  [agent = ''] = (await once(createInterface(child.stdout), 'line')) as [string];
});

async function typed(program: string, script: string): Promise<Readonly<Record<string, unknown>>> {
  const setting = ['set -eu', ...beforeCurl, `export AGENT=${agent}`].join('\n');
  const env = { PATH: process.env['PATH'] };
  writeFileSync(join(folder, 'script'), script);
  const { stdout } = await run('sh', ['-c', `${setting}\n${program} script`], { cwd: folder, env });
  // Python prints a dict, which has single quotes
  return JSON.parse(stdout.replaceAll("'", '"')) as Readonly<Record<string, unknown>>;
}

test('curl and Python send rows through the agent; the answers are those shown', async () => {
  const [curl = ''] = blocks(english, 'sh');
  const [shown = ''] = blocks(english, 'json');
  const { batch, ...answer } = await typed('sh', curl);
  const { batch: _, ...expected } = JSON.parse(shown) as Readonly<Record<string, unknown>>;
  assert.deepEqual(answer, expected);
  const [python = ''] = blocks(english, 'python');
  assert.deepEqual(await typed('python3', python), { batch, accepted: 1, quarantined: [] });
  const schema = hub.hub.services.registry.current.datasets.get('ecology.air-quality-live')?.schema;
  assert.ok(schema);
  const { rows } = await database.app.query<{ station: string }>(
    `SELECT f_station AS station FROM ${datasetTable('ecology.air-quality-live', schema)} ORDER BY 1`,
  );
  assert.deepEqual(
    rows.map(({ station }) => station),
    ['云门路', '荷塘街'],
  );
});

test('the SDK and the command line send rows as they are shown', async () => {
  const [sdk = ''] = blocks(english, 'ts');
  const reading = { ...example, station: '青石巷' };
  const snippet = join(folder, 'snippet.mjs');
  writeFileSync(
    snippet,
    `export default async (client, reading) => { ${sdk} return { accepted, quarantined }; };`,
  );
  const shownIn = (await import(pathToFileURL(snippet).href)) as {
    default: (client: DatongClient, reading: object) => Promise<object>;
  };
  assert.deepEqual(await shownIn.default(client, reading), { accepted: 1, quarantined: 0 });
  const [shown = ''] = blocks(english, 'console');
  const words = shown.trim().split(' datong ')[1]?.split(' ') ?? [];
  const lines = join(folder, 'lines.ndjson');
  writeFileSync(
    lines,
    [{ ...example, station: '文澜路' }, '', { ...example, station: '文澜路', pm25: -1 }, 'no json']
      .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
      .join('\n'),
  );
  const ran = await runDatong([...words.slice(0, -2), lines, '--json'], { cwd: folder });
  assert.equal(ran.code, 1, ran.stderr);
  assert.deepEqual(JSON.parse(ran.stdout), { ok: false, calls: 1, accepted: 1, quarantined: 2 });
  assert.match(ran.stderr, /line 3, pm25: minimum\n.*line 4: json\.malformed/);
  assert.doesNotMatch(ran.stderr, /-1/);
  const fine = await runDatong([...words.slice(0, -2), lines, '--mapping', 'none'], { cwd: folder });
  assert.deepEqual([fine.code, /mapping_unknown/.test(fine.stderr)], [1, true], fine.stderr);
});

test('both languages show the same commands', () => {
  const chinese = page('rows.zh-CN.md');
  for (const language of ['console', 'sh', 'json', 'python', 'yaml', 'ts'])
    assert.deepEqual(blocks(chinese, language), blocks(english, language), language);
});
