/**
 * `npm run check`: everything that must hold before a commit lands, every test last. The linter takes as long as all other
 * steps together, and runs beside them.
 * `npm run check -- types tests` runs only the steps whose names begin so, `npm run check -- --but tests` all others.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { contractLint } from './check/contractLint.ts';
import { deadExportsStep } from './check/deadExports.ts';
import { generatedCurrent } from './check/generatedCurrent.ts';
import { hollowTestsStep } from './check/hollowTests.ts';
import { hygiene } from './check/hygiene.ts';
import { longFiles } from './check/longFiles.ts';
import { purity } from './check/purity.ts';
import { schemaLint } from './check/schemaLint.ts';
import { program, type Step } from './check/step.ts';
import { root } from './generated.ts';

const rooms = [
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
const code = [...rooms, 'tests', 'bench', 'scripts'].filter((folder) => existsSync(join(root, folder)));

/** Cheapest first. */
const others: readonly Step[] = [
  hygiene,
  longFiles,
  schemaLint,
  contractLint,
  generatedCurrent,
  purity,
  deadExportsStep,
  hollowTestsStep,
  program('format', 'node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']),
  program('types', 'node_modules/typescript/bin/tsc', ['--noEmit', '--project', '.']),
  program('types of the console', 'node_modules/typescript/bin/tsc', ['--noEmit', '--project', 'console']),
  program('rooms', 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs', [
    '--config',
    'scripts/rooms.cjs',
    '--output-type',
    'err-long',
    ...code,
  ]),
];
const linter = program('lint', 'node_modules/eslint/bin/eslint.js', ['--max-warnings', '0', '.']);
/** They take both cores themselves. */
const tests = program('tests', 'scripts/run.mjs', ['tests/run.ts']);
const steps = [...others, linter, tests];

const words = process.argv.slice(2);
const but = words[0] === '--but';
const named = steps.filter(({ name }) => words.slice(but ? 1 : 0).some((word) => name.startsWith(word)));
if (words.length > 0 && named.length === 0) {
  process.stderr.write(`steps: ${steps.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}
const isChosen = (step: Step): boolean => words.length === 0 || named.includes(step) !== but;
const failed: string[] = [];

async function take(row: readonly Step[]): Promise<void> {
  for (const step of row.filter(isChosen)) {
    const started = performance.now();
    const findings = await step.run();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${findings.length === 0 ? '✔' : '✖'} ${step.name} (${seconds} s)\n`);
    for (const finding of findings) process.stdout.write(`  ${finding}\n`);
    if (findings.length > 0) failed.push(step.name);
  }
}

await Promise.all([take([linter]), take(others)]);
await take([tests]);
process.stdout.write(failed.length === 0 ? 'check: all hold\n' : `check: failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
