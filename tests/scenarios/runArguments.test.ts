/** `npm run scenario`: what is wrong with the words is reported, and what may be written. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { packs } from '../../scenarios/packs.ts';
import { filledPage, pageFiles } from '../../scenarios/pages.ts';
import { runArguments, UsageFault } from '../../scenarios/runArguments.ts';
import { nonEmpty } from '../nonEmpty.ts';

const root = resolve(import.meta.dirname, '../..');

const fault = (...words: readonly string[]): string => {
  try {
    runArguments(words);
  } catch (error) {
    if (error instanceof UsageFault) return error.message;
    throw error;
  }
  return 'no fault';
};

test('words that cannot be followed are named, with what may be written', () => {
  assert.match(fault(), /^usage: npm run scenario -- NAME /);
  assert.match(fault('storm', 'city-brain'), /^usage:/);
  assert.equal(
    fault('flood'),
    "there is no scenario 'flood'; there are: school-enrolment, storm, urban-management, city-brain",
  );
  assert.match(fault('toString'), /^there is no scenario 'toString'/);
  for (const people of ['0', '-1', '1e3', '', '100001', '500.5'])
    assert.equal(
      fault('storm', `--people=${people}`),
      `--people must be a whole number from 500 to 100000, not '${people}'`,
    );
  assert.match(fault('storm', '--seed', 'abc'), /^--seed must be a whole number from 1 to \d+, not 'abc'$/);
  assert.match(fault('storm', '--seconds', '9'), /^--seconds must be a whole number from 10 to 3600/);
  assert.match(fault('storm', '--size', '9'), /--size[^]*usage:/);
  assert.match(fault('storm', '--people'), /--people[^]*usage:/);
});

test('a name is enough; everything else has a default', () => {
  const given = { kind: 'scenario', people: 2_000, seconds: 20, seed: 1, report: false };
  assert.deepEqual(runArguments(['storm']), { name: 'storm', ...given });
  assert.deepEqual(runArguments(['storm', '--out', 'x', '--report', '--people', '500']), {
    ...given,
    name: 'storm',
    people: 500,
    out: 'x',
    report: true,
  });
});

test('the city alone needs a folder, and takes no option of a scenario', () => {
  assert.deepEqual(runArguments(['city', '--out', 'x', '--seed', '7']), {
    kind: 'city',
    people: 2_000,
    seed: 7,
    out: 'x',
  });
  for (const words of [
    ['city'],
    ['city', '--out', 'x', '--report'],
    ['city', '--out', 'x', '--seconds', '20'],
  ])
    assert.match(fault(...words), /^usage:[^]*scenario -- city --out FOLDER/);
});

test('list names every scenario in both languages; the city is written to a folder; a wrong name exits with 2 and without a stack', () => {
  const run = (...words: readonly string[]) =>
    spawnSync(process.execPath, ['scripts/run.mjs', 'scenarios/run.ts', ...words], {
      cwd: root,
      encoding: 'utf8',
    });
  const { stdout, status } = run('list');
  assert.equal(status, 0);
  assert.deepEqual(
    stdout.trimEnd().split('\n'),
    Object.entries(packs).map(([name, { title }]) => `${name.padEnd(18)}${title.zh} / ${title.en}`),
  );
  const folder = mkdtempSync(join(tmpdir(), 'datong-city-'));
  try {
    const made = run('city', '--out', folder, '--people', '500');
    assert.equal(made.status, 0, made.stderr);
    assert.match(made.stdout, /^ {4}500 {2}people\.ndjson$/m);
    for (const [, rows = '', file = ''] of nonEmpty([...made.stdout.matchAll(/^ *(\d+) {2}(.*)$/gm)]))
      assert.equal(readFileSync(join(folder, file), 'utf8').split('\n').length - 1, Number(rows), file);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const wrong = run('flood');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /^there is no scenario 'flood'.*\n$/);
});

test('the figures of each page are those of the last reported run', () => {
  for (const name of nonEmpty(Object.keys(packs)))
    for (const language of ['zh', 'en'] as const)
      assert.equal(readFileSync(pageFiles(name)[language], 'utf8'), filledPage(name, language), name);
});
