/** Datasets (数据资源): bound to one schema version. `currentBatch` is moved by the append alone. */
import type { DatasetState } from '../domain/dataset.ts';
import type { Reader } from './reader.ts';

export type DatasetMode = 'snapshot' | 'upsert';
export type SharingType = 'unconditional' | 'conditional' | 'none';

export interface DatasetRow {
  readonly id: string;
  readonly department: string;
  readonly titleZh: string;
  readonly titleEn: string;
  /** urn of the schema version */
  readonly schema: string;
  readonly mode: DatasetMode;
  readonly sharing: SharingType;
  /** what the provider asks of a consumer, '' where nothing */
  readonly conditions: string;
  readonly state: DatasetState;
  /** the batch readers see, null before the first one */
  readonly currentBatch: string | null;
  /** hex SHA-256 of the canonical registration */
  readonly digest: string;
}

const columns =
  'id, department, title_zh AS "titleZh", title_en AS "titleEn", schema, mode, sharing, conditions, state, ' +
  'current_batch AS "currentBatch", digest';

export async function listDatasets(reader: Reader): Promise<DatasetRow[]> {
  const { rows } = await reader.query<DatasetRow>(`SELECT ${columns} FROM dataset ORDER BY id`);
  return rows;
}

export async function datasetById(reader: Reader, id: string): Promise<DatasetRow | undefined> {
  const { rows } = await reader.query<DatasetRow>(`SELECT ${columns} FROM dataset WHERE id = $1`, [id]);
  return rows[0];
}

/** @param exchange id of the entry that registers it */
export async function insertDataset(
  reader: Reader,
  row: Omit<DatasetRow, 'currentBatch'>,
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO dataset (id, department, title_zh, title_en, schema, mode, sharing, conditions, state, digest, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      row.id,
      row.department,
      row.titleZh,
      row.titleEn,
      row.schema,
      row.mode,
      row.sharing,
      row.conditions,
      row.state,
      row.digest,
      exchange,
    ],
  );
}
