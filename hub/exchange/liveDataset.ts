import { Problem } from '../../terms/problem.ts';
import type { Registry } from '../registry/registry.ts';
import type { LiveDataset } from '../registry/snapshot.ts';

/** A dataset as it is registered now. @throws Problem dataset_unknown */
export function liveDataset(registry: Registry, id: string): LiveDataset {
  const dataset = registry.current.datasets.get(id);
  if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: id });
  return dataset;
}
