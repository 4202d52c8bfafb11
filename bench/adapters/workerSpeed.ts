/** What translating threads do for their caller: an event loop that stays free, and a second core. */
import { createSecretKey } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { householdMapping } from '../../adapters/fixtures/householdMapping.ts';
import { compileMapping } from '../../adapters/mapping/compile.ts';
import type { CopyTask } from '../../hub/translation/copyTask.ts';
import { copyPartsInThreads } from '../../hub/translation/threads/copyPartsInThreads.ts';
import { ThreadPool } from '../../hub/translation/threads/threadPool.ts';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { surroundingsWith } from '../../machine/surroundings.ts';
import { median, type BenchRow } from '../row.ts';
import { writePeople } from './peopleFile.ts';
import { demoRegions } from '../../adapters/fixtures/demoRegions.ts';

const pool = new ThreadPool();

const rows = 300_000;
const rounds = 7;

export async function workerSpeed(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  try {
    const path = join(folder, 'people.csv');
    await writePeople(path, rows, 3);
    return await measured(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(path: string): Promise<BenchRow[]> {
  const schema = sharedSchema('household@1');
  const task: CopyTask = {
    schema,
    mapping: compileMapping(householdMapping, schema, surroundingsWith([demoRegions]).codeLists),
    subjectKey: createSecretKey(Buffer.alloc(32, 1)),
    codeLists: { digest: 'demo', lists: [demoRegions] },
  };
  const one = async (): Promise<void> => {
    let found = 0;
    for await (const part of copyPartsInThreads(task, createReadStream(path), 1, pool))
      found += part.lines.length;
    if (found !== rows) throw new Error(`${found} rows instead of ${rows}`);
  };
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  await Promise.all([one(), one()]); // both threads grow warm
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await one();
  delay.disable();
  const gains: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const alone = await timed(one);
    gains.push((alone * 2) / (await timed(() => Promise.all([one(), one()]))));
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
      value: median(gains),
      unit: '×',
      against: 'one after the other',
      must: { atLeast: 1.6 },
    },
  ];
}
