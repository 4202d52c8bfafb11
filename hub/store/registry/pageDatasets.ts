import { composer, narrowed, rowsOf } from '../database/compiled.ts';
import { momentOf, readMoment } from '../database/moment.ts';
import type { Page } from '../database/page.ts';
import type { Reader } from '../database/reader.ts';
import { datasetColumns, type DatasetRow } from './datasets.ts';

export interface DatasetsWanted extends Page {
  readonly id?: string | undefined;
  readonly department?: string | undefined;
  readonly schema?: string | undefined;
  readonly sharing?: string | undefined;
  readonly state?: string | undefined;
}

/** Datasets by id, each with when it was registered (Unix milliseconds). */
export async function pageDatasets(
  reader: Reader,
  { after, most, id, department, schema, sharing, state }: DatasetsWanted,
): Promise<(DatasetRow & { readonly registeredAt: number })[]> {
  const query = composer('dataset').select(
    composer.raw(`${datasetColumns}, ${momentOf('registered_at')} AS moment`),
  );
  if (after !== undefined) query.where('id', '>', after);
  narrowed(query, { id, department, schema, sharing, state });
  const rows = await rowsOf<DatasetRow & { readonly moment: string }>(
    reader,
    query.orderBy('id').limit(most),
  );
  return rows.map(({ moment, ...row }) => ({ ...row, registeredAt: readMoment(moment) }));
}
