/**
 * `npm run check`: every check that must pass before a commit lands, the tests last.
 *
 *   npm run check                      all steps
 *   npm run check -- types lint        steps whose names begin with these words
 *   npm run check -- --but tests       all other steps
 *   npm run check -- --changed [REV]   types, and lint, format and the nearest tests of what changed since REV (default HEAD)
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { changedFiles } from './check/changedFiles.ts';
import { commitSubjects } from './check/commitSubjects.ts';
import { contractLint } from './check/contractLint.ts';
import { generatedCurrent } from './check/generatedCurrent.ts';
import { hollowTestsStep } from './check/hollowTests.ts';
import { hygiene } from './check/hygiene.ts';
import { longFiles } from './check/longFiles.ts';
import { nearestTests } from './check/nearestTests.ts';
import { purity } from './check/purity.ts';
import { schemaLint } from './check/schemaLint.ts';
import { program, type Step } from './check/step.ts';
import { root } from './generated.ts';

const modules = [
  'terms',
  'schemas',
  'machine',
  'adapters',
  'policies',
  'certs',
  'log',
  'migrations',
  'api',
  'hub',
  'clients',
  'console',
];
const code = [...modules, 'tests', 'bench', 'scenarios', 'scripts'].filter((folder) =>
  existsSync(join(root, folder)),
);

/** Prettier and ESLint cache their results by the content of each file: after the first run they read only changed files. */
const cached = (name: string): readonly string[] => [
  '--cache',
  ...['--cache-strategy', 'content', '--cache-location', `node_modules/.cache/datong/${name}`],
];
/** @param files paths from the root; empty = the whole tree */
const format = (files: readonly string[]): Step =>
  program('format', 'node_modules/prettier/bin/prettier.cjs', [
    ...['--check', '--log-level', 'warn', '--ignore-unknown', ...cached('prettier')],
    ...(files.length === 0 ? ['.'] : files),
  ]);
/** oxlint has the rules of the language, those that need types included. */
const lint = (files: readonly string[]): Step =>
  program('lint', 'node_modules/oxlint/bin/oxlint', ['--max-warnings', '0', ...files]);
/** ESLint has the few rules of this project. */
const ownRules = (files: readonly string[]): Step =>
  program('lint of our own rules', 'node_modules/eslint/bin/eslint.js', [
    ...['--max-warnings', '0', '--no-warn-ignored', ...cached('eslint')],
    ...(files.length === 0 ? ['.'] : files),
  ]);
const types = (name: string, project: string): Step =>
  program(name, 'node_modules/typescript7/bin/tsc', [
    '--noEmit',
    '--incremental',
    'false',
    '--project',
    project,
  ]);
/** Files, exports and packages that nothing uses: without the tests, then with them (scripts/knip.ts). */
const unused = (name: string, ...args: readonly string[]): Step =>
  program(name, 'node_modules/knip/bin/knip.js', ['--config', 'scripts/knip.ts', '--no-progress', ...args]);
const allTypes = [types('types', '.'), types('types of the console', 'console')];

/** Two rows that run side by side, each on about one core. */
const sideBySide: readonly (readonly Step[])[] = [
  [ownRules([]), lint([]), ...allTypes],
  [
    hygiene,
    commitSubjects,
    longFiles,
    schemaLint,
    contractLint,
    generatedCurrent,
    purity,
    unused('no dead exports of the product', '--production', '--include', 'files,exports'),
    unused('no dead exports and packages, tests counted'),
    hollowTestsStep,
    program('modules', 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs', [
      ...['--config', 'scripts/modules.cjs', '--output-type', 'err-long'],
      ...code,
    ]),
    format([]),
  ],
];
/** They take both cores themselves. */
const tests = program('tests', 'scripts/run.mjs', ['tests/run.ts', '--all']);
const steps = [...sideBySide.flat(), tests];

const failed: string[] = [];

async function run(row: readonly Step[]): Promise<void> {
  for (const step of row) {
    const started = performance.now();
    const findings = await step.run();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${findings.length === 0 ? '✔' : '✖'} ${step.name} (${seconds} s)\n`);
    for (const finding of findings) process.stdout.write(`  ${finding}\n`);
    if (findings.length > 0) failed.push(step.name);
  }
}

async function checkChanged(base: string): Promise<void> {
  const changed = changedFiles(base);
  if (changed.length === 0) {
    process.stdout.write(`check: nothing changed since ${base}\n`);
    return;
  }
  const sources = changed.filter((path) => /\.tsx?$/.test(path) && !path.startsWith('api/'));
  const near = nearestTests(changed);
  await run(allTypes);
  await run(sources.length === 0 ? [format(changed)] : [format(changed), lint(sources), ownRules(sources)]);
  if (near.run.length > 0)
    await run([program('nearest tests', 'scripts/run.mjs', ['tests/run.ts', ...near.run])]);
  if (near.left > 0)
    process.stdout.write(
      `check: ${near.left} further test files depend on what changed; npm test -- --all runs them\n`,
    );
}

async function checkSteps(words: readonly string[]): Promise<void> {
  const but = words[0] === '--but';
  // a word that equals a whole name selects only that step: «tests» does not select «tests can fail»
  const isExact = (word: string): boolean => steps.some(({ name }) => name === word);
  const isNamedBy = (name: string, word: string): boolean =>
    isExact(word) ? name === word : name.startsWith(word);
  const named = steps.filter(({ name }) => words.slice(but ? 1 : 0).some((word) => isNamedBy(name, word)));
  if (words.length > 0 && named.length === 0) {
    process.stderr.write(`steps: ${steps.map(({ name }) => name).join(', ')}\n`);
    process.exit(2);
  }
  const isChosen = (step: Step): boolean => words.length === 0 || named.includes(step) !== but;
  await Promise.all(sideBySide.map((row) => run(row.filter(isChosen))));
  await run([tests].filter(isChosen));
}

const words = process.argv.slice(2);
if (words[0] === '--changed') await checkChanged(words[1] ?? 'HEAD');
else await checkSteps(words);
process.stdout.write(failed.length === 0 ? 'check: all passed\n' : `check: failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
