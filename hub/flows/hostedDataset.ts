import { Problem } from '../../terms/problem.ts';
import type { Registry } from '../registry/registry.ts';
import type { LiveDataset } from '../registry/snapshot.ts';
import { liveDataset } from './liveDataset.ts';

/** A dataset whose rows lie in the hub. @throws Problem as liveDataset; dataset_live, dataset_of_events */
export function hostedDataset(registry: Registry, id: string): LiveDataset {
  const dataset = liveDataset(registry, id);
  refuseLive(dataset);
  return dataset;
}

/** Whatever needs rows in the hub is refused where they stay with their provider. @throws Problem dataset_live, dataset_of_events */
export function refuseLive({ row: { id, mode } }: Pick<LiveDataset, 'row'>): void {
  if (mode === 'live') throw new Problem('dataset_live', { dataset: id });
  refuseEvents({ row: { id, mode } });
}

/** Events leave through subscriptions alone. @throws Problem dataset_of_events */
export function refuseEvents({
  row: { id, mode },
}: {
  readonly row: Pick<LiveDataset['row'], 'id' | 'mode'>;
}): void {
  if (mode === 'events') throw new Problem('dataset_of_events', { dataset: id });
}
