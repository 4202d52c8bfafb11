/** Datasets whose retirement has its first of two approvals. */
import type { Reader } from '../../platform/database/reader.ts';
import { datasetColumns, type DatasetRow } from './datasets.ts';

const open = "ending_by IS NOT NULL AND state <> 'retired'";

/** Ordered by id. */
export async function endingDatasets(reader: Reader): Promise<DatasetRow[]> {
  const { rows } = await reader.query<DatasetRow>(
    `SELECT ${datasetColumns} FROM dataset WHERE ${open} ORDER BY id`,
  );
  return rows;
}

/**
 * Ends a proposed retirement that was not approved in time; the dataset is unchanged.
 * @param today `YYYY-MM-DD` @returns false if it was approved in the meantime, or proposed again
 */
export async function lapseEnding(reader: Reader, id: string, today: string): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE dataset SET ending_by = NULL, ending_reason = NULL, ending_shown = NULL, ending_until = NULL, ending_entry = NULL
      WHERE id = $1 AND ${open} AND ending_until < $2`,
    [id, today],
  );
  return rowCount === 1;
}

/**
 * Withdraws a proposed retirement; the dataset is unchanged. @param read the proposer and the digest, as they were read
 * @returns false if it was approved in the meantime, or proposed again
 */
export async function takeBackEnding(
  reader: Reader,
  { id, endingBy, endingShown }: Pick<DatasetRow, 'id' | 'endingBy' | 'endingShown'>,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE dataset SET ending_by = NULL, ending_reason = NULL, ending_shown = NULL, ending_until = NULL, ending_entry = NULL
      WHERE id = $1 AND ${open} AND ending_by = $2 AND ending_shown = $3`,
    [id, endingBy, endingShown],
  );
  return rowCount === 1;
}
