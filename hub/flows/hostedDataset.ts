import { Problem } from '../../terms/problem.ts';
import type { Registry } from '../registry/registry.ts';
import type { LiveDataset } from '../registry/snapshot.ts';
import { unreadableDataset } from '../registry/unavailable.ts';

/** A dataset whose rows are stored in the hub. @throws Problem as liveDataset; dataset_live, dataset_of_events */
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

/** A dataset as it is registered now. @throws Problem dataset_unknown; dataset_unavailable where it cannot be read as it is registered */
export function liveDataset(registry: Registry, id: string): LiveDataset {
  const { datasets, unreadable } = registry.current;
  const dataset = datasets.get(id);
  if (unreadable.has(`Dataset ${id}`)) throw unreadableDataset(id);
  if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: id });
  return dataset;
}
