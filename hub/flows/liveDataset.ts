import { Problem } from '../../terms/problem.ts';
import type { Registry } from '../registry/registry.ts';
import type { LiveDataset } from '../registry/snapshot.ts';
import { unreadableDataset } from '../registry/unavailable.ts';

/** A dataset as it is registered now. @throws Problem dataset_unknown; dataset_unavailable where it cannot be read as it is registered */
export function liveDataset(registry: Registry, id: string): LiveDataset {
  const { datasets, unreadable } = registry.current;
  const dataset = datasets.get(id);
  if (unreadable.includes(`Dataset ${id}`)) throw unreadableDataset(id);
  if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: id });
  return dataset;
}
