/** What translating threads do for their caller: an event loop that stays free, and a second core. */
import { createSecretKey, randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { householdMapping } from '../../adapters/fixtures/householdMapping.ts';
import { compileMapping } from '../../adapters/mapping/compile.ts';
import type { CopyTask } from '../../hub/exchange/intake/copyParts.ts';
import { copyPartsInThreads } from '../../hub/exchange/intake/threads/copyPartsInThreads.ts';
import { registerCodeList } from '../../schemas/codelists/registry.ts';
import { sharedSchema } from '../../schemas/sharedSchemas.ts';
import { median, type BenchRow } from '../row.ts';
import { regions } from './regions.ts';
import { chunksOf, csvFile, peopleCells } from './sampleFiles.ts';

const rows = 60_000;
/** so often each file is read, that the start of its thread counts little */
const copies = 4;
const rounds = 5;

export async function workerSpeed(): Promise<BenchRow[]> {
  registerCodeList(regions);
  const file = csvFile(peopleCells(rows, 3));
  const schema = sharedSchema('household@1');
  const task: CopyTask = {
    batch: randomUUID(),
    schema,
    mapping: compileMapping(householdMapping, schema),
    subjectKey: createSecretKey(Buffer.alloc(32, 1)),
    codeLists: [regions],
  };
  const one = async (): Promise<void> => {
    let found = 0;
    for await (const part of copyPartsInThreads(task, chunksOf(file, copies), 1)) found += part.records;
    if (found !== rows * copies) throw new Error(`${found} records instead of ${rows * copies}`);
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
