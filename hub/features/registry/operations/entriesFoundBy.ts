import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import {
  entriesOfDataset,
  type CatalogueRow,
  type CatalogueSearch,
} from '../../../registry/store/catalogue.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import { searchOf, type EntryBody } from '../../catalogue/operations/showCatalogueEntry.ts';
import { checkFields } from '../../catalogue/operations/followEntries.ts';
import { checkElements } from '../../catalogue/operations/claimedElements.ts';
import type { Services } from '../../common/services.ts';

/**
 * The data by which catalogue entries are found once the dataset has other fields. Entries that would then offer more than they do now are
 * compared with the register of sources.
 * @throws Problem element_source, entry_contradicts
 */
export async function entriesFoundBy(
  { database, registry, identity }: Services,
  { id, department }: DatasetRow,
  to: DatasetSchema,
): Promise<readonly (CatalogueRow & { readonly search: CatalogueSearch })[]> {
  const bound = new Map(registry.current.datasets);
  const live = bound.get(id);
  if (live !== undefined) bound.set(id, { ...live, schema: to });
  const rows = await entriesOfDataset(database.app, id);
  const { resolve } = registry.current.surroundings;
  if (rows.length > 0) await checkElements(database.app, department, [to], resolve, live?.schema);
  for (const { document } of rows) checkFields(document as EntryBody, id, to, resolve);
  return rows.map((row) => ({
    ...row,
    search: searchOf(row.document as EntryBody, { datasets: bound }, identity, row.department),
  }));
}
