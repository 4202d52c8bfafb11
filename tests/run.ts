/**
 * The test runner: `npm test [-- FILE-OR-FOLDER… [-t NAME]]`. Node 20's `--test` knows neither globs nor `.ts`, so the files are listed
 * here. With `-t` only tests run whose name matches that regular expression.
 * Starts the test cluster and its template database once, and hands their address to every test file.
 */
import { bundleTests } from './bundleTests.mjs';
import { groupTests } from './groupTests.ts';
import { listTests } from './listTests.ts';
import { wholeSuite } from './docs/chineseWalk.ts';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { startTestCluster } from './cluster.ts';

const { positionals: wanted, values } = parseArgs({
  options: { t: { type: 'string', short: 't' }, long: { type: 'boolean' } },
  allowPositionals: true,
});
const files = listTests(values.long === true ? ['--long'] : wanted);
if (files.length === 0) {
  process.stderr.write(`no test files found${wanted.length > 0 ? ` under ${wanted.join(', ')}` : ''}\n`);
  process.exit(2);
}
if (wanted.length === 0 && values.long !== true) process.env[wholeSuite] = 'yes';
/** So few files run from their source, so that what fails names its own line. */
const few = 8;
const bundled = files.length > few;
// Node below 22.18 starts each file's process with our flags; there the loader of TypeScript must be among them.
const strips = 'typescript' in process.features && process.features.typescript !== false;
if (!strips && !bundled) process.execArgv.push('--import', import.meta.resolve('tsx'));

/** Many files share processes; with `-t` they do not, since the name of a file's suite would be matched too. */
async function processesOf(all: readonly string[]): Promise<readonly string[]> {
  if (!bundled) return all;
  const [runGroup = '', ...built] = await bundleTests([join(import.meta.dirname, 'runGroup.ts'), ...all]);
  return values.t === undefined ? groupTests(all, built, runGroup) : built;
}

const building = processesOf(files);
building.catch(() => undefined); // it is awaited below, after the cluster has started
const cluster = await startTestCluster();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cluster.stop().finally(() => process.exit(130)));
}
/** What the events of a passed and a failed test have in common. */
interface Ended {
  readonly skip?: string | boolean | undefined;
  readonly details: { readonly type?: 'suite' };
}
const failures: unknown[] = [];
let ran = 0;
try {
  // a process that hangs is ended; three times what the longest takes on a slow machine, so that no slow test is ended
  const events = run({
    files: await building,
    concurrency: 2,
    timeout: 900_000,
    ...(values.t === undefined ? {} : { testNamePatterns: [new RegExp(values.t)] }),
  });
  // a test that waits for its feature is shown, and fails nothing
  events.on('test:fail', (failure) => {
    if (failure.todo === undefined || failure.todo === false) failures.push(failure);
  });
  const count = ({ skip, details }: Ended): void => {
    if (details.type !== 'suite' && (skip === undefined || skip === false)) ran += 1;
  };
  events.on('test:pass', count);
  events.on('test:fail', count);
  await pipeline(events.compose(new spec()), process.stdout, { end: false });
} finally {
  await cluster.stop();
}
// a file that ran out of time may have left a process that holds its pipe: the run does not wait for it
if (ran === 0) process.stderr.write('no test ran\n');
process.exit(failures.length > 0 || ran === 0 ? 1 : 0);
