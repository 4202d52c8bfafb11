/** Datasets that one of two persons wants retired. */
import type { Reader } from '../../platform/database/reader.ts';
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

/**
 * It is taken back: it stands as before. @param read who wanted it and under which digest, as it was read
 * @returns false where somebody agreed meanwhile, or it was asked for anew
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
