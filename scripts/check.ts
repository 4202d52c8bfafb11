/**
 * `npm run check`: everything that must hold before a commit lands, cheapest first, every test last.
 * `npm run check -- types tests` runs only the steps whose names begin so.
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

const steps: readonly Step[] = [
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
  program('lint', 'node_modules/eslint/bin/eslint.js', ['--max-warnings', '0', '.']),
  program('tests', 'scripts/run.mjs', ['tests/run.ts']),
];

const wanted = process.argv.slice(2);
const chosen = steps.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)),
);
if (chosen.length === 0) {
  process.stderr.write(`steps: ${steps.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}
const failed: string[] = [];
for (const step of chosen) {
  const started = performance.now();
  const findings = await step.run();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${findings.length === 0 ? '✔' : '✖'} ${step.name} (${seconds} s)\n`);
  for (const finding of findings) process.stdout.write(`  ${finding}\n`);
  if (findings.length > 0) failed.push(step.name);
}
process.stdout.write(failed.length === 0 ? 'check: all hold\n' : `check: failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
