import type { LiveDataset, RegistrySnapshot } from '../../../registry/snapshot.ts';

const found = new WeakMap<RegistrySnapshot, ReadonlyMap<string, readonly LiveDataset[]>>();

/** The datasets that are computed from the readings of a dataset (`intake.rollup`), without retired ones. */
export function rollupsOf(snapshot: RegistrySnapshot, source: string): readonly LiveDataset[] {
  const known = found.get(snapshot) ?? bySource(snapshot);
  found.set(snapshot, known);
  return known.get(source) ?? [];
}

function bySource({ datasets }: RegistrySnapshot): ReadonlyMap<string, readonly LiveDataset[]> {
  const sources = new Map<string, LiveDataset[]>();
  for (const dataset of datasets.values()) {
    const { rollup } = dataset.row.intake;
    if (rollup === undefined || dataset.row.state === 'retired') continue;
    sources.set(rollup.of, [...(sources.get(rollup.of) ?? []), dataset]);
  }
  return sources;
}
