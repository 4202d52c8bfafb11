import { composer, narrowed, rowsOf } from '../../platform/database/compiled.ts';
import { momentOf, readMoment } from '../../platform/database/moment.ts';
import type { Page } from '../../platform/database/page.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { datasetColumns, type DatasetRow, type SharingType } from './datasets.ts';
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
  readonly entries: readonly LinkingEntry[];
}

/** A live entry of the catalogue that links a dataset. */
export interface LinkingEntry {
  readonly id: string;
  readonly sharing: SharingType;
  /** '' where it has none */
  readonly conditions: string;
  readonly updateFrequency: string;
  readonly office: string;
  readonly contact: string;
}

const entries = `(SELECT coalesce(json_agg(json_build_object('id', e.id, 'sharing', e.sharing,
    'conditions', coalesce(e.document #>> '{sharing,conditions}', ''), 'updateFrequency', e.document ->> 'updateFrequency',
    'office', e.document ->> 'office', 'contact', e.document ->> 'contact') ORDER BY e.id), '[]')
  FROM catalogue_entry AS e WHERE e.datasets @> ARRAY[dataset.id] AND NOT e.superseded) AS entries`;

/** Datasets by id. */
export async function pageDatasets(
  reader: Reader,
  { after, most, id, department, schema, sharing, state }: DatasetsWanted,
): Promise<ListedDataset[]> {
  const query = composer('dataset').select(
    composer.raw(
      `${datasetColumns}, ${hasData('dataset')} AS linked, ${entries}, ${momentOf('registered_at')} AS moment`,
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
