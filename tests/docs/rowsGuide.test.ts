/** The commands of docs/rows.md, typed as they are shown, and the same in both languages. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { beforeCurl } from '../../hub/platform/http/contract/curlExample.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { testDatabase } from '../database.ts';
import { datongBin, datongEnvironment } from '../datong.ts';
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
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends) await end();
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

before(async () => {
  const city = await sampleCity(hub);
  const [dataset = ''] = blocks(english, 'yaml');
  writeFileSync(join(folder, 'dataset.yaml'), dataset);
  await city.apply(join(folder, 'dataset.yaml'));
  const { exchange, open, staff } = hub.hub.origins;
  const profile = profileOf(city.ecology, { exchange, open, staff, ca: hub.ca, keys: undefined });
  writeFileSync(join(folder, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
  const child = spawn(process.execPath, [datongBin, 'agent', '--port', '0', '--save', 'kept'], {
    ...{ cwd: folder, env: datongEnvironment() },
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

test('both languages show the same commands', () => {
  const chinese = page('rows.zh-CN.md');
  for (const language of ['sh', 'json', 'python', 'yaml'])
    assert.deepEqual(blocks(chinese, language), blocks(english, language), language);
});
