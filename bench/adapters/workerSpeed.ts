/** The gain of translating threads for their caller: a free event loop, and a second core. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ThreadPool } from '../../hub/flows/intake/translation/threads/threadPool.ts';
import { Forked } from '../forked.ts';
import { median, type BenchRow } from '../row.ts';
import { writePeople } from './peopleFile.ts';
import { translate } from './translating.ts';

const pool = new ThreadPool();

const rows = 300_000;
const rounds = 7;

export async function workerSpeed(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const translators: Forked[] = [];
  try {
    const path = join(folder, 'people.csv');
    await writePeople(path, rows, 3);
    const program = new URL('translator.ts', import.meta.url);
    while (translators.length < 2) translators.push(await Forked.start(program, path));
    return await measured(path, translators);
  } finally {
    for (const translator of translators) await translator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(path: string, translators: readonly Forked[]): Promise<BenchRow[]> {
  const one = (): Promise<void> => translate(path, rows, pool);
  const inThreads = (): Promise<unknown> => Promise.all([one(), one()]);
  const inProcesses = (): Promise<unknown> => Promise.all(translators.map((each) => each.ask(rows)));
  await inThreads(); // all of them grow warm
  await inProcesses();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await one();
  delay.disable();
  const gains: number[] = [];
  const shares: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [alone, threads, processes] = [await timed(one), await timed(inThreads), await timed(inProcesses)];
    gains.push((alone * 2) / threads);
    shares.push(processes / threads);
  }
  return [
    {
      figure: 'event loop delay beside a translating thread, p99',
      value: delay.percentile(99) / 1e6,
      unit: 'ms',
      against: '–',
      must: { atMost: 20 },
    },
    {
      figure: 'two files in two threads',
      value: median(shares),
      unit: '×',
      against: 'in two processes',
      must: { atLeast: 0.8 },
      note: `${median(gains).toFixed(2)} × as fast as one after the other`,
    },
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
