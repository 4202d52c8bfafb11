/** Runs test files in their processes and prints their results; a file that failed may be run once more, by itself. */
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pipeline } from 'node:stream/promises';

/** A test that needs more than a slow machine gives fails in one run of many. More files than this fail for another reason. */
const maxFilesAgain = 3;

interface RunOptions {
  /** only tests whose name matches */
  readonly pattern?: RegExp;
  /** files at the same time; by default three: they wait for two fifths of their time */
  readonly atOnce?: number;
  /** test files that may be run again, by the name that a group gives them */
  readonly again?: ReadonlyMap<string, string>;
}

/** Counts of the runner's closing lines, such as `tests` and `fail`. */
type Counts = ReadonlyMap<string, number>;

interface Outcome {
  readonly counts: Counts;
  /** tests that ran, and were not skipped */
  readonly ran: number;
  readonly failures: number;
  /** files with the failures; undefined where one is in none that may be run again */
  readonly failedFiles: ReadonlySet<string> | undefined;
}

/** What the events of a passed and a failed test have in common. */
interface Ended {
  readonly name: string;
  readonly nesting: number;
  readonly file?: string | undefined;
  readonly skip?: string | boolean | undefined;
  readonly todo?: string | boolean | undefined;
  readonly details: { readonly type?: 'suite' };
}

const isSet = (mark: string | boolean | undefined): boolean => mark !== undefined && mark !== false;

/**
 * Runs test files. With `again`, at most three files that failed are run once more, one after the other: a failure counts if it happens
 * twice. Both runs are printed in full, such files are named as unstable, and the closing lines have the sums.
 * @param paths files or groups of them, whole paths
 * @returns whether at least one test ran and none failed
 */
export async function runFiles(
  paths: readonly string[],
  { pattern, atOnce = 3, again = new Map() }: RunOptions = {},
): Promise<boolean> {
  const first = await runOnce(paths, atOnce, pattern, again);
  const { failedFiles } = first;
  if (failedFiles === undefined || failedFiles.size === 0 || failedFiles.size > maxFilesAgain) {
    if (first.ran === 0) process.stderr.write('no test ran\n');
    return first.ran > 0 && first.failures === 0;
  }
  const names = [...again].filter(([, path]) => failedFiles.has(path)).map(([name]) => name);
  process.stdout.write(`\nonce more, one after the other: ${names.join(', ')}\n`);
  const second = await runOnce([...failedFiles], 1, pattern, again);
  if (second.failures > 0 || second.ran === 0) return false;
  process.stdout.write(`\nunstable, failed once and then passed: ${names.join(', ')}\n`);
  process.stdout.write(closingLines(first.counts, second.counts));
  return true;
}

async function runOnce(
  paths: readonly string[],
  concurrency: number,
  pattern: RegExp | undefined,
  again: ReadonlyMap<string, string>,
): Promise<Outcome> {
  const counts = new Map<string, number>();
  const known = new Set(again.values());
  const failedFiles = new Set<string>();
  const elsewhere: string[] = [];
  let ran = 0;
  let failures = 0;
  const events = run({
    files: [...paths],
    concurrency,
    // a process that hangs is ended; three times what the longest takes on a slow machine, so that no slow test is ended
    timeout: 1_800_000,
    ...(pattern === undefined ? {} : { testNamePatterns: [pattern] }),
  });
  const count = ({ skip, details }: Ended): void => {
    if (details.type !== 'suite' && !isSet(skip)) ran += 1;
  };
  events.on('test:pass', count);
  events.on('test:fail', (ended: Ended) => {
    count(ended);
    if (isSet(ended.todo)) return; // a test that waits for its feature is shown, and fails nothing
    failures += 1;
    if (ended.nesting > 0) return;
    const path = again.get(ended.name) ?? ended.file;
    if (path !== undefined && known.has(path)) failedFiles.add(path);
    else elsewhere.push(ended.name);
  });
  events.on('test:diagnostic', ({ message }) => {
    const [, name, number] = /^(\w+) ([\d.]+)$/.exec(message) ?? [];
    if (name !== undefined) counts.set(name, Number(number));
  });
  await pipeline(events.compose(new spec()), process.stdout, { end: false });
  return { counts, ran, failures, failedFiles: elsewhere.length === 0 ? failedFiles : undefined };
}

/** As the runner writes them, after a second run without failures. */
function closingLines(first: Counts, second: Counts): string {
  const of = (counts: Counts, name: string): number => counts.get(name) ?? 0;
  const omitted = of(first, 'skipped') + of(first, 'todo');
  const sums = new Map(first)
    .set('pass', of(first, 'tests') - omitted)
    .set('fail', 0)
    .set('cancelled', 0)
    .set('duration_ms', of(first, 'duration_ms') + of(second, 'duration_ms'));
  return [...sums].map(([name, number]) => `ℹ ${name} ${number}\n`).join('');
}
