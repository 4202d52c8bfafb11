import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hubCounters, maxAskedSeries } from './hubCounters.ts';

test('calls by data set and consumer take at most so many series; what comes later is counted together', async () => {
  const counters = hubCounters();
  for (let i = 0; i < maxAskedSeries + 50; i += 1)
    counters.asked('queryDataset', `a.d${i}`, 'education', 'allow');
  counters.asked('queryDataset', 'a.d0', 'education', 'allow');
  counters.asked('queryDataset', undefined, 'civil', 'deny');
  const { values } = (await counters.registry.getSingleMetric('datong_dataset_calls_total')?.get()) ?? {
    values: [],
  };
  assert.equal(values.length, maxAskedSeries + 2);
  const of = (dataset: string, decision: string): number | undefined =>
    values.find(({ labels }) => labels['dataset'] === dataset && labels['decision'] === decision)?.value;
  assert.deepEqual([of('a.d0', 'allow'), of('other', 'allow'), of('other', 'deny')], [2, 50, 1]);
});
