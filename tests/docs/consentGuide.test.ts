/** docs/guides/consent.md and reviewer.md are run as they stand, in both languages, beside a running demo: every command, every line of output. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { parseDocument } from 'yaml';
import type { DemoState } from '../../clients/sdk/profile.ts';
import { datongBin, datongEnvironment, runDatong } from '../datong.ts';
import { guideSteps, outputPattern } from './guideSteps.ts';

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
  for (const former of demos.splice(0)) await ended(former);
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

interface Scene {
  readonly language: string;
  /** those that the test gives, and those that the guide's own commands set */
  readonly variables: Record<string, string>;
}

/** One command as it is typed: its variables, its quotes, `> FILE` at its end, and `NAME=$(…)` around it. */
async function typed(command: string, { language, variables }: Scene): Promise<string> {
  const [, kept, inner] = /^([A-Z]+)=\$\((.*)\)$/.exec(command) ?? [];
  const [, line = '', file] = /^datong (.*?)(?: > (\S+))?$/.exec(inner ?? command) ?? [];
  const words = [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) =>
    (quoted ?? word).replace(/\$[A-Z]+/, (name) => variables[name] ?? name),
  );
  const { stdout, stderr } = await runDatong(words, {
    cwd: home,
    env: { LANG: language, DATONG_STATE: state },
  });
  if (kept !== undefined) {
    variables[`$${kept}`] = stdout.trim();
    return stderr;
  }
  if (file === undefined) return `${stdout}${stderr}`;
  writeFileSync(join(home, file), stdout);
  return stderr;
}

async function play(guide: string, scene: Scene): Promise<number> {
  const steps = guideSteps(join(root, 'docs/guides', guide));
  for (const step of steps) {
    if (step.kind === 'file') for (const place of step.places) writeFileSync(join(home, place), step.text);
    if (step.kind === 'command')
      assert.match(await typed(step.command, scene), outputPattern(step.output), step.command);
  }
  return steps.length;
}

for (const [suffix, language] of [
  ['', 'en_GB.UTF-8'],
  ['.zh-CN', 'zh_CN.UTF-8'],
] as const) {
  test(`consent${suffix}.md and reviewer${suffix}.md hold, command by command`, async () => {
    const { child, guardian } = await startDemo();
    writeFileSync(join(home, 'child.txt'), `${child}\n`, { mode: 0o600 });
    writeFileSync(join(home, 'mother.txt'), `${guardian}\n`, { mode: 0o600 });
    writeFileSync(join(home, 'form.pdf'), `%PDF-1.7 ZZ-2026-0007 ${child}\n`, { mode: 0o600 });
    const { text } = parseDocument(
      readFileSync(join(root, 'samples/school-meals/notice.yaml'), 'utf8'),
    ).toJS() as { text: string };
    const { evidence = '' } = JSON.parse(readFileSync(state, 'utf8')) as DemoState;
    const variables = {
      $CHILD: child,
      $NOTICE: createHash('sha256').update(text, 'utf8').digest('hex'),
      $EVIDENCE: evidence,
    };
    assert.equal(await play(`consent${suffix}.md`, { language, variables }), 21);
    // with another person's identifier the id of a consent tells nothing: the same answer as to an id that nobody gave
    for (const id of ['meals-2026-0452', 'meals-nobody']) {
      const refused = await runDatong(
        ['consent', 'show', id, '--as', 'education', '--person', 'mother.txt'],
        { cwd: home, env: { LANG: 'en_GB.UTF-8', DATONG_STATE: state } },
      );
      assert.deepEqual([refused.code, refused.stdout], [1, '']);
      assert.match(refused.stderr, new RegExp(`no consent ${id} of this person concerns your department`));
    }
    assert.equal(await play(`reviewer${suffix}.md`, { language, variables }), 32);
  });
}
