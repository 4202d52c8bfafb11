/** docs/guides/sensors.md in both languages, command by command, with a mosquitto, a bridge and a hub whose jobs run by time. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { testDatabase } from '../database.ts';
import { datongBin, datongEnvironment, type Ran } from '../datong.ts';
import { writeDemoState } from '../demoState.ts';
import { sampleCity, testHub } from '../hub.ts';
import { noMosquitto, startMosquitto, type Mosquitto } from '../mosquitto.ts';
import { typedDatong } from '../typedDatong.ts';
import { chineseWalk } from './chineseWalk.ts';
import { guideSteps, linePattern, outputPattern, type Command } from './guideSteps.ts';

const root = resolve(import.meta.dirname, '../..');
const guides = ['sensors.md', 'sensors.zh-CN.md'].map((name) => join(root, 'docs/guides', name));
const home = mkdtempSync(join(tmpdir(), 'datong-sensors-guide-'));
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
  rmSync(home, { recursive: true, force: true });
});
const run = promisify(execFile);

interface Stage {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly broker: Mosquitto;
}

/** A hub with the city, as the demo has it, and a broker, in a folder of their own. */
async function stage(LANG: string): Promise<Stage> {
  const hub = await testHub({ database: await testDatabase() });
  ends.push(() => hub.stop());
  const { operator, security, ecology } = await sampleCity(hub);
  const transport = await hub.enrol('transport');
  const folder = join(home, LANG);
  mkdirSync(folder);
  const state = join(folder, 'demo.json');
  const { exchange, open, staff } = hub.hub.origins;
  const hydrologist = await hub.token('hydrologist', ['steward'], 'ecology');
  const place = { exchange, open, staff, ca: hub.ca, keys: { keys: [] } };
  writeDemoState(state, place, { operator, security, hydrologist }, [ecology, transport]);
  cpSync(join(root, 'samples/river-levels'), join(folder, 'samples/river-levels'), { recursive: true });
  const broker = await startMosquitto();
  ends.push(() => broker.remove());
  copyFileSync(broker.ca, join(folder, 'broker-ca.pem'));
  writeFileSync(join(folder, 'mqtt-password'), broker.password, { mode: 0o600 });
  return { folder, env: { LANG, DATONG_STATE: state }, broker };
}

/** Starts the bridge and waits until it is connected. */
async function bridge({ folder, env }: Stage, words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [datongBin, ...words], {
    cwd: folder,
    env: { ...datongEnvironment(), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  ends.push(() => {
    child.kill('SIGKILL');
    return ended;
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  for (let i = 0; i < 400 && !said.includes('localhost:'); i += 1) await sleep(50);
  assert.match(said, /localhost:/);
}

/** What the stations send, by the shell block of the guide. */
async function stations({ folder, broker }: Stage, guide: string): Promise<void> {
  const [, script = ''] = /```sh\n([^]*?)```/.exec(readFileSync(guide, 'utf8')) ?? [];
  const { port, hostname } = new URL(broker.url);
  const how = `-h ${hostname} -p ${port} -V 5 --cafile broker-ca.pem -u ${broker.username} -P ${broker.password}`;
  await run('sh', ['-c', `set -eu\nBROKER="${how}"\n${script}`], { cwd: folder });
}

const arrivals = /^datong (?:event listen|fetch) /;

/** Types a command. Readings, the alarm and the hours arrive within seconds: what shows them is typed until each line is there. */
async function typed({ folder, env }: Stage, { command, output }: Command, id: string): Promise<string> {
  const words = command
    .replace(/^datong /, '')
    .replace(' ID ', ` ${id} `)
    .split(' ');
  const type = async (): Promise<string> => {
    const { stdout, stderr }: Ran = await typedDatong(words, { cwd: folder, env });
    return `${stdout}${stderr}`;
  };
  let reported = await type();
  if (!arrivals.test(command)) {
    assert.match(reported, outputPattern(output), `${command}\n${reported}`);
    return reported;
  }
  const lines = output.map((line) => new RegExp(linePattern(line)));
  for (let tries = 0; tries < 40 && !lines.every((line) => line.test(reported)); tries += 1) {
    await sleep(250);
    reported = await type();
  }
  for (const line of lines) assert.match(reported, line, command);
  return reported;
}

for (const [nth, LANG] of ['en_GB.UTF-8', 'zh_CN.UTF-8'].entries()) {
  const skip = noMosquitto === false && nth > 0 ? chineseWalk : noMosquitto;
  test(`${LANG}: from a message to the alarm, the latest levels and the hours`, { skip }, async () => {
    const guide = guides[nth] ?? '';
    const place = await stage(LANG);
    let id = '';
    for (const step of guideSteps(guide)) {
      if (step.kind === 'file')
        for (const name of step.places)
          writeFileSync(
            join(place.folder, name),
            step.text.replace('mqtts://localhost:8883', place.broker.url),
          );
      if (step.kind !== 'command') continue;
      if (step.command.startsWith('datong rows bridge')) {
        await bridge(place, step.command.split(' ').slice(1));
        await stations(place, guide);
        continue;
      }
      const reported = await typed(place, step, id);
      if (step.command.startsWith('datong event subscribe'))
        [id = ''] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(reported) ?? [];
    }
  });
}

test('both languages show the same files and commands', () => {
  const [steps, others] = guides.map((guide) =>
    guideSteps(guide).map((step) =>
      step.kind === 'command' ? step.command : step.kind === 'file' ? step.text : step.files,
    ),
  );
  assert.deepEqual(others, steps);
});
