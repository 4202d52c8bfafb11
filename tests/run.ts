/**
 * The test runner: `npm test [-- --all | FILE-OR-FOLDER… [-t NAME] [--again]]`. Node 20's `--test` knows neither globs nor `.ts`, so the files
 * are listed here: without arguments the tests of the modules, with `--all` the whole suite. With `-t` only tests run whose name matches that
 * regular expression. With `--again`, as where no file is named, up to three files that failed are run once more.
 * Starts the test cluster and its template database once, and passes their address to every test file.
 */
import { bundleTests } from './bundleTests.mjs';
import { groupTests } from './groupTests.ts';
import { listTests, quickTests } from './listTests.ts';
import { wholeSuite } from './leftToNightly.ts';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startTestCluster } from './cluster.ts';
import { runFiles } from './runFiles.ts';

const root = resolve(import.meta.dirname, '..');
const { positionals: wanted, values } = parseArgs({
  options: {
    t: { type: 'string', short: 't' },
    all: { type: 'boolean' },
    long: { type: 'boolean' },
    again: { type: 'boolean' },
  },
  allowPositionals: true,
});
if ([wanted.length > 0, values.all, values.long].filter((one) => one === true).length > 1) {
  process.stderr.write('name files, or --all, or --long\n');
  process.exit(2);
}
const isNoneNamed = wanted.length === 0 && values.long !== true;
const files =
  isNoneNamed && values.all !== true ? quickTests() : listTests(values.long === true ? ['--long'] : wanted);
if (files.length === 0) {
  process.stderr.write(`no test files found${wanted.length > 0 ? ` under ${wanted.join(', ')}` : ''}\n`);
  process.exit(2);
}
if (isNoneNamed) process.env[wholeSuite] = 'yes';
/** A fault that an attack, a kill or a race finds in one of two runs is a fault. */
const attacks = /^tests\/(?:attack|attackers|attacks|faults)\//;
/** What is run of each file that may be run once more, by its name from the root. */
const runAt = new Map<string, string>();
/** A browser has work for more than one core: three at once would only be slow, up to the limits of their tests. */
const isBrowserOnly = files.every((path) => relative(root, path).startsWith('tests/browser/'));
/** So few files run from their source, so that what fails names its own line. */
const few = 8;
const bundled = files.length > few;
// Node below 22.18 starts each file's process with our flags; there the loader of TypeScript must be among them.
const strips = 'typescript' in process.features && process.features.typescript !== false;
if (!strips && !bundled) process.execArgv.push('--import', import.meta.resolve('tsx'));

/** Many files share processes; with `-t` they do not, since the name of a file's suite would be matched too. */
async function processesOf(all: readonly string[]): Promise<readonly string[]> {
  const [runGroup = '', ...built] = bundled
    ? await bundleTests([join(import.meta.dirname, 'runGroup.ts'), ...all])
    : ['', ...all];
  for (const [at, path] of built.entries()) {
    const name = relative(root, all[at] ?? '');
    if (!attacks.test(name)) runAt.set(name, path);
  }
  return bundled && values.t === undefined ? groupTests(all, built, runGroup) : built;
}

const building = processesOf(files);
building.catch(() => undefined); // it is awaited below, after the cluster has started
const cluster = await startTestCluster();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cluster.stop().finally(() => process.exit(130)));
}
let passed = false;
try {
  const paths = await building;
  passed = await runFiles(paths, {
    ...(values.t === undefined ? {} : { pattern: new RegExp(values.t) }),
    ...(isBrowserOnly ? { atOnce: 2 } : {}),
    ...((isNoneNamed || values.again === true) && values.t === undefined ? { again: runAt } : {}),
  });
} finally {
  await cluster.stop();
}
// a file that ran out of time may have left a process that holds its pipe: the run does not wait for it
process.exit(passed ? 0 : 1);
