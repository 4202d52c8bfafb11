/** docs/guides/sensors.md in both languages, command by command, with a mosquitto, a bridge and a hub whose jobs run by time. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { datongBin, datongEnvironment } from '../datong.ts';
import { freePorts } from '../freePorts.ts';
import { noMosquitto } from '../mosquitto.ts';
import { demoStage, typedOf, guidesOf, type DemoStage } from './demoStage.ts';
import { linePattern, type Command } from './guideSteps.ts';

const root = resolve(import.meta.dirname, '../..');
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});
const run = promisify(execFile);

/** Starts what the guide starts in a separate terminal, and waits until it says that it is ready. */
async function background(
  { folder, env }: DemoStage,
  [program, ...words]: readonly [string, ...string[]],
  ready: RegExp,
): Promise<void> {
  const inherited = datongEnvironment(env);
  const child = spawn(program, words, {
    cwd: folder,
    // where Debian has mosquitto
    env: { ...inherited, PATH: `${inherited['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  ends.push(() => {
    child.kill('SIGKILL');
    return ended;
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  for (let i = 0; i < 400 && !ready.test(stderr); i += 1) await sleep(50);
  assert.match(stderr, ready);
}

/** What the stations send, by the shell block of the guide. */
async function stations({ folder }: DemoStage, guide: string, port: number): Promise<void> {
  const [, script = ''] = /```sh\n([^]*?)```/.exec(readFileSync(guide, 'utf8')) ?? [];
  await run('sh', ['-c', `set -eu\n${script.replace('8883', String(port))}`], { cwd: folder });
}

const arrivals = /^datong (?:event listen|fetch|batch) /;

/** Types a command. Readings, the alarm and the hours arrive within seconds: what shows them is typed until each line is there. */
async function typed(stage: DemoStage, { command, output }: Command): Promise<string> {
  if (!arrivals.test(command)) return stage.shows({ kind: 'command', at: '', command, output });
  const lines = output.map((line) => new RegExp(linePattern(line)));
  let reported = await stage.type(command);
  for (let tries = 0; tries < 40 && !lines.every((line) => line.test(reported)); tries += 1) {
    await sleep(250);
    reported = await stage.type(command);
  }
  for (const line of lines) assert.match(reported, line, command);
  return reported;
}

/** What the guide calls the id that a command prints. */
const printsId = [
  [' ID ', 'datong event subscribe'],
  [' BATCH ', 'datong batch list'],
  [' PROPOSAL ', 'datong dataset amend'],
] as const;

const guides = guidesOf('guides/sensors');

for (const [nth, { LANG, steps, ...guide }] of guides.entries()) {
  const skip = noMosquitto === false ? guide.skip : noMosquitto;
  test(`${LANG}: from a message to the alarm, the latest levels and the hours`, { skip }, async () => {
    const guide = join(root, 'docs/guides', nth === 0 ? 'sensors.md' : 'sensors.zh-CN.md');
    const stage = await demoStage(LANG);
    const port = await freePorts();
    let commands = 0;
    for (const step of steps) {
      if (step.kind === 'file') {
        // as root, as the guide says
        const user = step.places.includes('mosquitto.conf') && process.getuid?.() === 0 ? 'user root\n' : '';
        stage.write({ places: step.places, text: `${step.text.replace('8883', String(port))}${user}` });
      }
      if (step.kind !== 'command') continue;
      commands += 1;
      if (step.command.startsWith('mosquitto -c')) {
        await background(
          stage,
          ['mosquitto', ...step.command.split(' ').slice(1)],
          /mosquitto version \S+ running/,
        );
      } else if (step.command.startsWith('datong rows bridge')) {
        const words = step.command.split(' ').slice(1);
        await background(stage, [process.execPath, datongBin, ...words], /localhost:/);
        await stations(stage, guide, port);
      } else {
        const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(await typed(stage, step)) ?? [];
        const named = printsId.find(([, start]) => step.command.startsWith(start));
        if (named !== undefined) stage.names.set(named[0], ` ${id ?? ''} `);
      }
    }
    assert.equal(commands, 16);
  });
}

test('both languages show the same files and commands', () => {
  const [first, second] = guides;
  assert.deepEqual(typedOf(second), typedOf(first));
});
