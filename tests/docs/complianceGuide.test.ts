/** docs/guides/compliance.md and steward.md are run as they stand, in both languages, beside a demo whose story has ended. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import type { DemoState } from '../../clients/sdk/profile.ts';
import { datongBin, datongEnvironment, runDatong } from '../datong.ts';
import { guideSteps, outputPattern } from './guideSteps.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-compliance-guide-'));
const state = join(home, 'demo.json');
const running: ChildProcess[] = [];
after(async () => {
  await Promise.all(running.map(ended));
  rmSync(home, { recursive: true, force: true });
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await gone;
}

function start(...words: string[]): ChildProcess {
  const child = spawn(process.execPath, [datongBin, ...words], {
    cwd: home,
    env: datongEnvironment({ DATONG_STATE: state }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

const variables: Record<string, string> = {};

before(async () => {
  const demo = start('demo');
  demo.stderr?.resume();
  assert.ok(demo.stdout);
  for await (const line of createInterface({ input: demo.stdout })) {
    const [, id] = /--filter person_id=(\d{17}[\dX])/.exec(line) ?? [];
    if (id !== undefined && !existsSync(join(home, 'child.txt')))
      writeFileSync(join(home, 'child.txt'), `${id}\n`, { mode: 0o600 });
    // what a viewer may do herself, at the end of the story
    if (line.includes('Epilogue')) break;
  }
  demo.stdout.resume();
  const { hub, evidence = '' } = JSON.parse(readFileSync(state, 'utf8')) as DemoState;
  const ca = hub.ca.startsWith('-----BEGIN ') ? join(home, 'ca.pem') : hub.ca;
  if (ca !== hub.ca) writeFileSync(ca, hub.ca);
  Object.assign(variables, { $EVIDENCE: evidence, $OPEN: hub.open, $CA: ca });
});

/** The witness of the guide, until it has seen the hub. */
async function witness(): Promise<ChildProcess> {
  const { $EVIDENCE = '', $OPEN = '', $CA = '' } = variables;
  const log = join($EVIDENCE, 'log.vkey');
  const served = start(
    ...['witness', 'serve', '--state', 'witness', '--log', log, '--hub', $OPEN, '--ca', $CA],
    ...['--listen', '127.0.0.1:0', '--every', '1'],
  );
  served.stdout?.resume();
  served.stderr?.resume();
  for (;;) {
    const { stdout } = await runDatong(['witness', 'status', '--state', 'witness', '--log', log, '--json'], {
      cwd: home,
    });
    if ((JSON.parse(stdout) as { size: number }).size > 0) return served;
    assert.equal(served.exitCode, null, 'the witness ended');
  }
}

for (const [guide, language] of [
  ['compliance.md', 'en_GB.UTF-8'],
  ['compliance.zh-CN.md', 'zh_CN.UTF-8'],
] as const)
  test(`${guide} holds, command by command`, async () => {
    const steps = guideSteps(resolve(import.meta.dirname, '../../docs/guides', guide)).flatMap((step) =>
      step.kind === 'command' ? [step] : [],
    );
    assert.equal(steps.length, 12);
    for (const { command, output } of steps) {
      const words = command
        .split(' ')
        .map((word) => word.replace(/\$[A-Z]+/, (name) => variables[name] ?? name));
      assert.equal(words.shift(), 'datong');
      const { stdout, stderr } = await runDatong(words, {
        cwd: home,
        env: { LANG: language, DATONG_STATE: state },
      });
      assert.match(`${stdout}${stderr}`, outputPattern(output), `${command}\n${stdout}${stderr}`);
      variables['$CASE'] ??= /RX-2026-\d+/.exec(stdout)?.[0] ?? '';
      const made = /^\{"id":"([^"]+)"/.exec(stdout);
      if (made?.[1] !== undefined) variables['$ID'] = made[1];
      if (command.includes('witness init')) await witness();
    }
    for (const child of running.splice(1)) await ended(child);
    for (const made of ['witness', 'evidence-case', 'evidence-child'])
      rmSync(join(home, made), { recursive: true });
  });

for (const [guide, language] of [
  ['steward.md', 'en_GB.UTF-8'],
  ['steward.zh-CN.md', 'zh_CN.UTF-8'],
] as const)
  test(`${guide} holds, from a column list to retirement`, async () => {
    for (const step of guideSteps(resolve(import.meta.dirname, '../../docs/guides', guide))) {
      if (step.kind === 'file') for (const place of step.places) writeFileSync(join(home, place), step.text);
      if (step.kind !== 'command') continue;
      const { stdout, stderr } = await runDatong(step.command.split(' ').slice(1), {
        cwd: home,
        env: { LANG: language, DATONG_STATE: state },
      });
      assert.match(`${stdout}${stderr}`, outputPattern(step.output), `${step.command}\n${stdout}${stderr}`);
    }
  });
