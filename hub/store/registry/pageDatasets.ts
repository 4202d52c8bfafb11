import { composer, narrowed, rowsOf } from '../database/compiled.ts';
import { momentOf, readMoment } from '../database/moment.ts';
import type { Page } from '../database/page.ts';
import type { Reader } from '../database/reader.ts';
import { datasetColumns, type DatasetRow } from './datasets.ts';
import { hasData } from './isLinked.ts';

export interface DatasetsWanted extends Page {
  readonly id?: string | undefined;
  readonly department?: string | undefined;
  readonly schema?: string | undefined;
  readonly sharing?: string | undefined;
  readonly state?: string | undefined;
}

export interface ListedDataset extends DatasetRow {
  /** Unix milliseconds */
  readonly registeredAt: number;
  /** it has data (已挂接) */
  readonly linked: boolean;
}

/** Datasets by id. */
export async function pageDatasets(
  reader: Reader,
  { after, most, id, department, schema, sharing, state }: DatasetsWanted,
): Promise<ListedDataset[]> {
  const query = composer('dataset').select(
    composer.raw(
      `${datasetColumns}, ${hasData('dataset')} AS linked, ${momentOf('registered_at')} AS moment`,
    ),
  );
  if (after !== undefined) query.where('id', '>', after);
  narrowed(query, { id, department, schema, sharing, state });
  const rows = await rowsOf<Omit<ListedDataset, 'registeredAt'> & { readonly moment: string }>(
    reader,
    query.orderBy('id').limit(most),
  );
  return rows.map(({ moment, ...row }) => ({ ...row, registeredAt: readMoment(moment) }));
}
