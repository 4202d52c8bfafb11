/** Datasets (数据资源): bound to one schema version. `currentBatch` is moved by the append alone. */
import type { DatasetState } from '../../domain/dataset.ts';
import { defaultIntakeRules, type IntakeRules } from '../../domain/intakeRules.ts';
import type { Reader } from '../database/reader.ts';

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
  /** what it asks of its submissions, where it differs from the defaults */
  readonly intake: Partial<IntakeRules>;
  /** the batch readers see, null before the first one */
  readonly currentBatch: string | null;
  /** hex SHA-256 of the canonical registration */
  readonly digest: string;
}

export const datasetColumns =
  'id, department, title_zh AS "titleZh", title_en AS "titleEn", schema, mode, sharing, conditions, state, intake, ' +
  'current_batch AS "currentBatch", digest';

export async function listDatasets(reader: Reader): Promise<DatasetRow[]> {
  const { rows } = await reader.query<DatasetRow>(`SELECT ${datasetColumns} FROM dataset ORDER BY id`);
  return rows;
}

export async function datasetById(reader: Reader, id: string): Promise<DatasetRow | undefined> {
  const { rows } = await reader.query<DatasetRow>(`SELECT ${datasetColumns} FROM dataset WHERE id = $1`, [
    id,
  ]);
  return rows[0];
}

/** @param exchange id of the entry that registers it */
export async function insertDataset(
  reader: Reader,
  row: Omit<DatasetRow, 'currentBatch'>,
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO dataset (id, department, title_zh, title_en, schema, mode, sharing, conditions, state, digest, registered_by, intake)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
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
      JSON.stringify(row.intake),
    ],
  );
}

/** Its rules with the defaults for those it does not name. */
export const intakeRulesOf = ({ intake }: Pick<DatasetRow, 'intake'>): IntakeRules => ({
  ...defaultIntakeRules,
  ...intake,
});
