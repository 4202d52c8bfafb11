/** Datasets that one of two persons wants retired. */
import type { Reader } from '../database/reader.ts';
import { datasetColumns, type DatasetRow } from './datasets.ts';

const open = "ending_by IS NOT NULL AND state <> 'retired'";

/** By id. */
export async function endingDatasets(reader: Reader): Promise<DatasetRow[]> {
  const { rows } = await reader.query<DatasetRow>(
    `SELECT ${datasetColumns} FROM dataset WHERE ${open} ORDER BY id`,
  );
  return rows;
}

/**
 * Nobody agreed in time: it stands as before.
 * @param today `YYYY-MM-DD` @returns false where somebody did meanwhile, or it was asked for anew
 */
export async function lapseEnding(reader: Reader, id: string, today: string): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE dataset SET ending_by = NULL, ending_reason = NULL, ending_shown = NULL, ending_until = NULL, ending_entry = NULL
      WHERE id = $1 AND ${open} AND ending_until < $2`,
    [id, today],
  );
  return rowCount === 1;
}
