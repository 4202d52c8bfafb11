/** Datasets that expect batches, and the reported days of the silent ones (断报). */
import type { IntakeRules } from '../../../domain/intakeRules.ts';
import type { DatasetState } from '../../../domain/dataset.ts';
import { momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';
import { hasKeyedRow } from '../../../platform/database/authenticated/keyedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface ExpectingDataset {
  readonly id: string;
  readonly department: string;
  readonly state: DatasetState;
  readonly expect: NonNullable<IntakeRules['expect']>;
  /** Unix milliseconds: since its registration, or since the day from which files are expected */
  readonly expectedFrom: number;
  /** the expectation was amended: earlier days do not count, regardless of the named day */
  readonly amended: boolean;
  /** when the last file was begun that was published, waits for a person or a checker, or repeats the current one; null for none */
  readonly cameAt: number | null;
}

export async function expectingDatasets(reader: Reader): Promise<readonly ExpectingDataset[]> {
  const { rows } = await reader.query<
    Omit<ExpectingDataset, 'expectedFrom' | 'cameAt'> & { from: string; came: string | null }
  >(
    `SELECT d.id, d.department, d.state, d.intake -> 'expect' AS expect, ${momentOf('coalesce(d.expects_from, d.registered_at)')} AS "from",
            d.expects_from IS NOT NULL AS amended,
            (SELECT ${momentOf('max(b.opened_at)')} FROM batch AS b WHERE b.dataset = d.id AND b.retranslates IS NULL
                AND (b.same_as IS NOT NULL OR b.state IN ('checking', 'held', 'published', 'superseded'))) AS came
       FROM dataset AS d WHERE d.intake ? 'expect' ORDER BY d.id`,
  );
  return rows.map(({ from, came, ...row }) => ({
    ...row,
    expectedFrom: readMoment(from),
    cameAt: readMomentOrNull(came),
  }));
}

/**
 * Whether a dataset's missed day was reported. @param due `YYYY-MM-DD`
 * @throws Problem rows_unauthenticated where the record of it was written or deleted past the hub
 */
export const isReported = (reader: Reader, dataset: string, due: string): Promise<boolean> =>
  hasKeyedRow(reader, 'silence', [[dataset, due]]);

/** @param exchange id of the entry that records it @returns false when another process has reported it */
export async function noteSilence(
  reader: Reader,
  dataset: string,
  due: string,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    'INSERT INTO silence (dataset, due, exchange) VALUES ($1, $2::date, $3) ON CONFLICT (dataset, due) DO NOTHING',
    [dataset, due, exchange],
  );
  return rowCount === 1;
}
