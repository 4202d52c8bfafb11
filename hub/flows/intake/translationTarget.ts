import type { LiveMapping } from '../../registry/mappings.ts';
import type { ComingDataset, LiveDataset } from '../../registry/snapshot.ts';
import { liveMapping } from './liveMapping.ts';

/** As what a file is read: its dataset as it is, or as it will be. */
export interface TranslationTarget {
  readonly dataset: LiveDataset | ComingDataset;
  readonly mapping: LiveMapping;
}

/**
 * A mapping that is there for the version that its dataset goes over to prepares the rows under that version; each other one is of the
 * dataset as it is. @throws Problem mapping_unknown, mapping_unreadable
 */
export function translationTarget(dataset: LiveDataset, name: string): TranslationTarget {
  const ahead = dataset.mappings.has(name) ? undefined : dataset.coming?.mappings.get(name);
  if (dataset.coming !== undefined && ahead?.compiled !== undefined)
    return { dataset: dataset.coming, mapping: ahead };
  return { dataset, mapping: liveMapping(dataset, name) };
}
