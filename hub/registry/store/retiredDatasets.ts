import type { Reader } from '../../platform/database/reader.ts';
import { datasetColumns, type DatasetRow } from './datasets.ts';

/** A retired dataset. */
export interface RetiredDataset extends DatasetRow {
  /** an entry says how many of its rows were destroyed */
  readonly gone: boolean;
}

/** All of them that are not under legal hold. */
export async function retiredDatasets(reader: Reader): Promise<RetiredDataset[]> {
  const { rows } = await reader.query<RetiredDataset>(
    `SELECT ${datasetColumns}, rows_gone_at IS NOT NULL AS gone FROM dataset WHERE state = 'retired' AND id NOT IN (SELECT dataset FROM held_dataset) ORDER BY id`,
  );
  return rows;
}
