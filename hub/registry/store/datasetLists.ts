import { momentOf, readMoment, readMomentOrNull, narrowed } from '../../platform/database/values.ts';
import {
  byDepartment,
  bySound,
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../platform/database/pages.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { SharingType } from '../../domain/dataset.ts';
import { datasetColumns, type DatasetRow } from './datasets.ts';

/**
 * SQL condition that a dataset has data: it has received rows, its provider is queried each time, or it has a topic. A batch without rows,
 * such as the one by which an empty dataset changed its version, is no data.
 * @param dataset alias of the dataset in the statement
 */
const hasData = (dataset: string): string =>
  `(${dataset}.mode = 'live' OR EXISTS (SELECT 1 FROM topic_type WHERE type = ${dataset}.id) OR ${dataset}.current_batch IS NOT NULL AND EXISTS (SELECT 1 FROM batch AS filled
     WHERE filled.dataset = ${dataset}.id AND filled.published_at IS NOT NULL AND filled.rows_ok > 0))`;

/** SQL condition that a published dataset of an entry has data. @param entry alias of the entry in the statement */
export const isLinked = (entry: string): string =>
  `EXISTS (SELECT 1 FROM dataset AS linked WHERE linked.id = ANY (${entry}.datasets) AND linked.state = 'published'
     AND ${hasData('linked')})`;

/**
 * SQL condition that no live entry of the catalogue names a row of `dataset AS d`, for statements over all datasets: the names in all
 * entries are read once, because a look-up for each of 10,000 datasets takes twice as long.
 */
export const isUnlisted = `NOT EXISTS (SELECT FROM (SELECT unnest(datasets) AS named FROM catalogue_entry WHERE NOT superseded) AS naming WHERE naming.named = d.id)`;

/** SQL expression: when rows were last published; a batch that was only read again brought none. @param datasets array of ids, as SQL */
export const lastPublished = (datasets: string): string =>
  `(SELECT max(b.published_at) FROM batch AS b WHERE b.dataset = ANY (${datasets}) AND b.retranslates IS NULL)`;

/** When rows of a dataset were last published, Unix milliseconds; null before the first time. */
export async function datasetUpdatedAt(reader: Reader, dataset: string): Promise<number | null> {
  const { rows } = await reader.query<{ readonly at: string | null }>(
    `SELECT ${momentOf(lastPublished('ARRAY[$1::text]'))} AS at`,
    [dataset],
  );
  return readMomentOrNull(rows[0]?.at ?? null);
}

/** Ids of published datasets that no live entry of the catalogue names, ascending. */
export async function unlistedDatasets(reader: Reader): Promise<string[]> {
  const { rows } = await reader.query<{ readonly id: string }>(
    `SELECT id FROM dataset AS d WHERE state = 'published' AND ${isUnlisted} ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}

export interface DatasetsQuery extends OrderedPage {
  readonly ids?: readonly string[] | undefined;
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
  /** '' if there are none */
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
  { ids, department, schema, sharing, state, ...page }: DatasetsQuery,
): Promise<PageRows<ListedDataset>> {
  return pageRows(
    reader,
    {
      columns: `${datasetColumns}, ${hasData('dataset')} AS linked, ${entries}, ${momentOf('registered_at')} AS moment`,
      order,
      narrow: (rows) => {
        narrowed(rows, { department, schema, sharing, state });
        if (ids !== undefined) rows.whereIn('id', ids);
      },
    },
    page,
    ({ moment, ...row }: Omit<ListedDataset, 'registeredAt'> & { readonly moment: string }) => ({
      ...row,
      registeredAt: readMoment(moment),
    }),
  );
}

const order: ListOrder = {
  table: 'dataset',
  id: ['id'],
  sorts: {
    id: itself,
    title: (row) => [bySound(`${row}.title_zh`)],
    department: (row) => [byDepartment(`${row}.department`)],
    registered: (row) => [`${row}.registered_at`],
  },
  usual: 'id',
};

/** Ids of the datasets bound to a schema version. @param schema its urn */
export async function datasetsOfSchema(reader: Reader, schema: string): Promise<string[]> {
  const { rows } = await reader.query<{ readonly id: string }>(
    'SELECT id FROM dataset WHERE schema = $1 ORDER BY id',
    [schema],
  );
  return rows.map(({ id }) => id);
}

/** Datasets that are not retired, each with its version. @param schemas urns */
export async function datasetsBoundTo(
  reader: Reader,
  schemas: readonly string[],
): Promise<{ readonly id: string; readonly schema: string }[]> {
  const { rows } = await reader.query<{ readonly id: string; readonly schema: string }>(
    "SELECT id, schema FROM dataset WHERE schema = ANY ($1::text[]) AND state <> 'retired' ORDER BY id",
    [schemas],
  );
  return rows;
}

/** A retired dataset. */
interface RetiredDataset extends DatasetRow {
  /** an entry records how many of its rows were destroyed */
  readonly gone: boolean;
}

/** All retired datasets that are not under legal hold. */
export async function retiredDatasets(reader: Reader): Promise<RetiredDataset[]> {
  const { rows } = await reader.query<RetiredDataset>(
    `SELECT ${datasetColumns}, rows_gone_at IS NOT NULL AS gone FROM dataset WHERE state = 'retired' AND id NOT IN (SELECT dataset FROM held_dataset) ORDER BY id`,
  );
  return rows;
}
