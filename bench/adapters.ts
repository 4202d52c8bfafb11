/** The adapters module alone: readers, translation, memory, workers. No hub. */
import { adaptSpeed } from './adapters/adaptSpeed.ts';
import { memoryGrowth } from './adapters/memoryGrowth.ts';
import { pipelineSpeed } from './adapters/pipelineSpeed.ts';
import { readerSpeed } from './adapters/readerSpeed.ts';
import { workerSpeed } from './adapters/workerSpeed.ts';
import type { Bench } from './row.ts';

export const bench: Bench = {
  run: async () => [
    // threads and server first: objects that the readers leave in this process's heap would slow its share of the work
    await pipelineSpeed(),
    ...(await workerSpeed()),
    ...(await adaptSpeed()),
    ...(await readerSpeed()),
    ...(await memoryGrowth()),
  ],
};
