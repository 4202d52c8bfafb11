/** What a worker does for its caller: an event loop that stays free, and a second core. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { householdMapping } from '../../adapters/fixtures/householdMapping.ts';
import { translateInWorker } from '../../adapters/worker/translateInWorker.ts';
import { sharedSchema } from '../../schemas/sharedSchemas.ts';
import { median, type BenchRow } from '../row.ts';
import { regions } from './regions.ts';
import { chunksOf, csvFile, peopleCells } from './sampleFiles.ts';

const rows = 60_000;
const rounds = 3;

export async function workerSpeed(): Promise<BenchRow[]> {
  const file = csvFile(peopleCells(rows, 3));
  const task = {
    mapping: householdMapping,
    schema: sharedSchema('household@1').document,
    codeLists: [regions],
  };
  const one = async (): Promise<void> => {
    let found = 0;
    for await (const batch of translateInWorker(chunksOf(file), task)) found += batch.rows.length;
    if (found !== rows) throw new Error(`${found} rows instead of ${rows}`);
  };
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  await one();
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
      figure: 'event loop delay beside a worker, p99',
      value: delay.percentile(99) / 1e6,
      unit: 'ms',
      against: '–',
      must: { atMost: 20 },
    },
    {
      figure: 'two files in two workers',
      value: median(gains),
      unit: '×',
      against: 'one after the other',
      must: { atLeast: 1.6 },
    },
  ];
}
