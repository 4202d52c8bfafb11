/** docs/guides/consent.md is run as it stands, in both languages, beside a running demo: every command, every line of output. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { parseDocument } from 'yaml';
import { datongBin, datongEnvironment, runDatong } from '../datong.ts';

const root = resolve(import.meta.dirname, '../..');
const home = mkdtempSync(join(tmpdir(), 'datong-consent-guide-'));
const state = join(home, 'demo.json');
const demos: ChildProcess[] = [];
after(async () => {
  await Promise.all(demos.map(ended));
  rmSync(home, { recursive: true, force: true });
});

async function ended(demo: ChildProcess): Promise<void> {
  if (demo.exitCode !== null) return;
  const gone = new Promise((done) => demo.once('exit', done));
  demo.kill('SIGTERM');
  await gone;
}

/** A demo that has told its story and waits. @returns the child that its own commands ask about */
async function startDemo(): Promise<{ readonly child: string; readonly guardian: string }> {
  const demo = spawn(process.execPath, [datongBin, 'demo'], {
    env: datongEnvironment({ DATONG_STATE: state }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  demos.push(demo);
  const found: string[] = [];
  for await (const line of createInterface({ input: demo.stdout })) {
    const [, id] = /--filter person_id=(\d{17}[\dX])/.exec(line) ?? [];
    if (id !== undefined) found.push(id);
    if (line.includes('Epilogue')) break;
  }
  demo.stdout.resume();
  const [child = '', guardian = ''] = found;
  return { child, guardian };
}

interface Step {
  readonly command: string;
  readonly output: readonly string[];
}

function stepsOf(guide: string): Step[] {
  const blocks = [
    ...readFileSync(join(root, 'docs/guides', guide), 'utf8').matchAll(/```console\n([\s\S]*?)```/g),
  ];
  return blocks.flatMap(([, block = '']) => {
    const steps: { command: string; output: string[] }[] = [];
    for (const line of block.trimEnd().split('\n')) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), output: [] });
      else steps.at(-1)?.output.push(line);
    }
    return steps;
  });
}

/** `…` is whatever stands there; on a line of its own, any lines. */
const pattern = (lines: readonly string[]): RegExp =>
  new RegExp(
    `^${lines
      .map((line) =>
        line === '…'
          ? '[\\s\\S]*'
          : line
              .split('…')
              .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
              .join('.*'),
      )
      .join('\\n')}\\n?$`,
  );

for (const [guide, language] of [
  ['consent.md', 'en_GB.UTF-8'],
  ['consent.zh-CN.md', 'zh_CN.UTF-8'],
] as const) {
  test(`${guide} holds, command by command`, async () => {
    const { child, guardian } = await startDemo();
    writeFileSync(join(home, 'child.txt'), `${child}\n`, { mode: 0o600 });
    writeFileSync(join(home, 'mother.txt'), `${guardian}\n`, { mode: 0o600 });
    const { text } = parseDocument(
      readFileSync(join(root, 'samples/school-meals/notice.yaml'), 'utf8'),
    ).toJS() as { text: string };
    const variables: Readonly<Record<string, string>> = {
      $CHILD: child,
      $NOTICE: createHash('sha256').update(text, 'utf8').digest('hex'),
    };
    const steps = stepsOf(guide);
    assert.equal(steps.length, 9);
    for (const { command, output } of steps) {
      const words = command
        .split(' ')
        .map((word) => word.replace(/\$[A-Z]+/, (name) => variables[name] ?? name));
      assert.equal(words.shift(), 'datong');
      const { stdout, stderr } = await runDatong(words, {
        cwd: home,
        env: { LANG: language, DATONG_STATE: state },
      });
      assert.match(`${stdout}${stderr}`, pattern(output), command);
    }
    for (const demo of demos.splice(0)) await ended(demo);
  });
}
