/**
 * docs/guides/compliance.md, steward.md, own-csv.md, consent.md and reviewer.md are run as written, in both languages, with a demo whose story has
 * ended: every command, every line of output. The whole suite leaves out the last two in Chinese (leftToNightly.ts).
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import type { DemoState } from '../../clients/sdk/profile.ts';
import { clusterUrl } from '../database.ts';
import { datongBin, datongEnvironment, runDatong, type Ran } from '../datong.ts';
import { typedDatong } from '../typedDatong.ts';
import { chineseWalk } from '../leftToNightly.ts';
import { guideSteps, outputPattern } from './guideSteps.ts';

const root = resolve(import.meta.dirname, '../..');
const home = mkdtempSync(join(tmpdir(), 'datong-demo-guides-'));
const state = join(home, 'demo.json');
// guides name files of the project by their place in it
symlinkSync(join(root, 'samples'), join(home, 'samples'));
const server = await clusterUrl();
const running: ChildProcess[] = [];
const languages = [
  ['', 'en_GB.UTF-8'],
  ['.zh-CN', 'zh_CN.UTF-8'],
].map(([suffix = '', LANG = '']) => {
  const env = { LANG, DATONG_STATE: state };
  return {
    suffix,
    datong: (words: readonly string[]): Promise<Ran> => typedDatong(words, { cwd: home, env }),
  };
});
type Datong = (typeof languages)[number]['datong'];
after(async () => {
  for (const child of running.reverse()) await ended(child);
  rmSync(home, { recursive: true, force: true });
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await gone;
}

/** @param talk where it talks to: here, or nowhere */
function start(words: readonly string[], talk: 'inherit' | 'ignore'): ChildProcess {
  const child = spawn(process.execPath, [datongBin, ...words], {
    cwd: home,
    env: datongEnvironment({ DATONG_STATE: state, DATABASE_URL: server }),
    stdio: ['ignore', 'pipe', talk],
  });
  running.push(child);
  return child;
}

/** What the guides leave to their reader, and what their own commands set. */
const variables: Record<string, string> = {};

/** A demo that has run its story and waits, in place of the one before. */
async function startDemo(): Promise<void> {
  for (const former of running.splice(0).reverse()) await ended(former);
  const demo = start(['demo'], 'inherit');
  assert.ok(demo.stdout);
  const found: string[] = [];
  for await (const line of createInterface({ input: demo.stdout })) {
    const [, id] = /--filter person_id=(\d{17}[\dX])/.exec(line) ?? [];
    if (id !== undefined) found.push(id);
    if (line.includes('Epilogue')) break;
  }
  demo.stdout.resume();
  // the child of the story and its guardian, the subjects of the commands that a viewer may type at its end
  const [child = '', guardian = ''] = found;
  writeFileSync(join(home, 'child.txt'), `${child}\n`, { mode: 0o600 });
  writeFileSync(join(home, 'mother.txt'), `${guardian}\n`, { mode: 0o600 });
  writeFileSync(join(home, 'form.pdf'), `%PDF-1.7 ZZ-2026-0007 ${child}\n`, { mode: 0o600 });
  const { evidence = '' } = JSON.parse(readFileSync(state, 'utf8')) as DemoState;
  Object.assign(variables, {
    $CHILD: child,
    $MOTHER: guardian,
    $EVIDENCE: evidence,
  });
}

/** One command as it is typed: its variables, its quotes, `> FILE` at its end, and `NAME=$(…)` around it. */
async function typed(command: string, datong: Datong): Promise<string> {
  const [, stored, inner] = /^([A-Z]+)=\$\((.*)\)$/.exec(command) ?? [];
  const [, line = '', file] = /^datong (.*?)(?: > (\S+))?$/.exec(inner ?? command) ?? [];
  const words = [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) =>
    (quoted ?? word).replace(/\$[A-Z]+/, (name) => variables[name] ?? name),
  );
  const { stdout, stderr } = await datong(words);
  if (stored !== undefined) {
    variables[`$${stored}`] = stdout.trim();
    return stderr;
  }
  if (file === undefined) return `${stdout}${stderr}`;
  writeFileSync(join(home, file), stdout);
  return stderr;
}

/** @param after receives what each command printed @returns how many steps the guide has */
async function play(
  guide: string,
  datong: Datong,
  after?: (command: string, reported: string) => Promise<void> | void,
): Promise<number> {
  const steps = guideSteps(join(root, 'docs/guides', guide));
  for (const step of steps) {
    if (step.kind === 'file') for (const place of step.places) writeFileSync(join(home, place), step.text);
    if (step.kind !== 'command') continue;
    const reported = await typed(step.command, datong);
    assert.match(reported, outputPattern(step.output), `${step.command}\n${reported}`);
    await after?.(step.command, reported);
  }
  return steps.length;
}

/** The witness of the guide, until it has seen the hub. */
async function witness(datong: Datong): Promise<ChildProcess> {
  const { $EVIDENCE = '', $OPEN = '', $CA = '' } = variables;
  const log = join($EVIDENCE, 'log.vkey');
  const where = ['--state', 'witness', '--log', log, '--hub', $OPEN, '--ca', $CA];
  const served = start(['witness', 'serve', ...where, '--listen', '127.0.0.1:0', '--every', '1'], 'ignore');
  served.stdout?.resume();
  for (;;) {
    const { stdout } = await datong(['witness', 'status', '--state', 'witness', '--log', log, '--json']);
    if ((JSON.parse(stdout) as { size: number }).size > 0) return served;
    assert.equal(served.exitCode, null, 'the witness ended');
    await sleep(20);
  }
}

/** Runs the lines by which compliance.md takes the address and the root certificate of the hub from the demo. */
function takeAddress(suffix: string): void {
  const guide = readFileSync(join(root, `docs/guides/compliance${suffix}.md`), 'utf8');
  const [, lines = ''] = /^```sh\n(STATE=[\s\S]*?)^```$/m.exec(guide) ?? [];
  assert.notEqual(lines, '');
  const printed = execFileSync('sh', ['-ec', `${lines}\nprintf '%s\\n' "$OPEN" "$CA"`], {
    cwd: home,
    env: datongEnvironment({ DATONG_STATE: state }),
    encoding: 'utf8',
  });
  const [open = '', ca = ''] = printed.split('\n');
  Object.assign(variables, { $OPEN: open, $CA: ca });
}

before(startDemo);

for (const { suffix, datong } of languages)
  test(`compliance${suffix}.md holds, command by command`, async () => {
    takeAddress(suffix);
    const steps = await play(`compliance${suffix}.md`, datong, async (command, reported) => {
      variables['$CASE'] ??= /RX-2026-\d+/.exec(reported)?.[0] ?? '';
      const made = /^\{"id":"([^"]+)"/.exec(reported);
      if (made?.[1] !== undefined) variables['$ID'] = made[1];
      if (command.includes('witness init')) await witness(datong);
    });
    assert.equal(steps, 12);
    for (const child of running.splice(1)) await ended(child);
    for (const made of ['witness', 'evidence-case', 'evidence-child'])
      rmSync(join(home, made), { recursive: true });
  });

for (const { suffix, datong } of languages)
  test(`own-csv${suffix}.md holds, from a file to a masked answer`, async () => {
    await play(`own-csv${suffix}.md`, datong);
  });

for (const { suffix, datong } of languages)
  test(`steward${suffix}.md holds, from a column list to retirement`, async () => {
    await play(`steward${suffix}.md`, datong);
    // what the draft leaves to a person: the conditions of sharing, and what only the department knows of its entry
    const drafted = suffix === '' ? 'pool-permits' : 'rink-permits';
    const kinds = parseAllDocuments(readFileSync(join(home, `drafts/${drafted}.yaml`), 'utf8')).map(
      (one) => one.toJS() as Readonly<Record<string, unknown>>,
    );
    assert.deepEqual(
      kinds.map(({ kind, sharing }) => [kind, sharing]),
      [
        ['Schema', undefined],
        ['Dataset', { type: 'conditional' }],
        ['Mapping', undefined],
        ['CatalogueEntry', { type: 'conditional', conditions: '', manner: '' }],
      ],
    );
  });

for (const { suffix, datong } of languages) {
  const skip = suffix === '' ? false : chineseWalk;
  test(`consent${suffix}.md and reviewer${suffix}.md hold, command by command`, { skip }, async () => {
    // what is agreed and decided in one language remains: the other one begins where the guides do
    if (suffix !== '') await startDemo();
    assert.equal(await play(`consent${suffix}.md`, datong), 23);
    // with another person's identifier the id of a consent reveals nothing: the same answer as to an unknown id
    for (const id of ['meals-2026-0452', 'meals-nobody']) {
      const refused = await runDatong(
        ['consent', 'show', id, '--as', 'education', '--person', 'mother.txt'],
        { cwd: home, env: { LANG: 'en_GB.UTF-8', DATONG_STATE: state } },
      );
      assert.deepEqual([refused.code, refused.stdout], [1, '']);
      assert.match(refused.stderr, new RegExp(`no consent ${id} of this person concerns your department`));
    }
    assert.equal(await play(`reviewer${suffix}.md`, datong), 33);
  });
}

/** A command without the words that a person writes. */
const wordless = (command: string): string => command.replaceAll(/"[^"]*"/g, '""');

for (const guide of ['consent', 'reviewer'])
  test(`${guide}.md shows the same commands in both languages`, () => {
    const [english, chinese] = languages.map(({ suffix }) =>
      guideSteps(join(root, 'docs/guides', `${guide}${suffix}.md`)).map((step) =>
        step.kind === 'command' ? wordless(step.command) : step.kind,
      ),
    );
    assert.deepEqual(chinese, english);
  });
