import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { entriesOfDataset, type CatalogueRow, type CatalogueSearch } from '../../store/registry/catalogue.ts';
import type { DatasetRow } from '../../store/registry/datasets.ts';
import { searchOf, type EntryBody } from '../catalogue/derived.ts';
import type { Services } from '../services.ts';

/** What entries of the catalogue are found by once the dataset has other fields. */
export async function entriesFoundBy(
  { database, registry, identity }: Services,
  { id }: DatasetRow,
  to: DatasetSchema,
): Promise<readonly (CatalogueRow & { readonly search: CatalogueSearch })[]> {
  const bound = new Map(registry.current.datasets);
  const live = bound.get(id);
  if (live !== undefined) bound.set(id, { ...live, schema: to });
  return (await entriesOfDataset(database.app, id)).map((row) => ({
    ...row,
    search: searchOf(row.document as EntryBody, { datasets: bound }, identity, row.department),
  }));
}
