/** Runs of pulls: time, outcome, and position of the last read row. */
import type { BatchState } from '../../../domain/batch.ts';
import { maxRepetitions, type EndedRun } from '../../../domain/pull.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface PullRunRow extends EndedRun {
  readonly id: string;
  /** Unix milliseconds */
  readonly begunAt: number;
  readonly batch: string | null;
  readonly rows: number;
  /** numbers, from 1, of new columns that the mapping does not read */
  readonly unread?: string | null;
}

/** Number of recent runs that determine whether another is due: more than can fail in an hour. */
export const decisiveRuns = 50;

/** Whether a person requested a run after the last one began. @param runs the newest first */
export const isRequested = (
  { askedAt }: { readonly askedAt: number | null },
  [last]: readonly PullRunRow[],
): boolean => askedAt !== null && askedAt > (last?.begunAt ?? 0);

interface StoredRun extends Omit<PullRunRow, 'begunAt' | 'endedAt' | 'rows'> {
  readonly dataset: string;
  readonly begun: string;
  readonly ended: string | null;
  readonly rows: string;
}

/**
 * Ids of the newest runs of a dataset, and of the runs of its present period whose batch failed (`failedHere`) since rows last became
 * visible. Of the failed ones at most `maxRepetitions` + 1: that many end the repetitions. @param dataset SQL @param maxRuns SQL
 */
const decisiveIds = (dataset: string, maxRuns: string): string =>
  `(SELECT n.id FROM pull_run AS n WHERE n.dataset = ${dataset} ORDER BY n.begun_at DESC, n.id DESC LIMIT ${maxRuns})
   UNION
   (SELECT f.id FROM pull_run AS f LEFT JOIN batch AS fb ON fb.id = f.batch
     WHERE f.dataset = ${dataset}
       AND (f.outcome = 'pull_batch_broken_off' OR (f.outcome = 'read' AND
              (fb.state IN ('failed', 'receiving') OR (fb.state = 'rejected' AND fb.problem = 'batch_outdated'))))
       AND f.period = (SELECT l.period FROM pull_run AS l WHERE l.dataset = ${dataset} ORDER BY l.begun_at DESC, l.id DESC LIMIT 1)
       AND f.begun_at > coalesce(
         (SELECT v.begun_at FROM pull_run AS v JOIN batch AS vb ON vb.id = v.batch
           WHERE v.dataset = ${dataset} AND v.outcome = 'read' AND vb.state IN ('published', 'superseded')
           ORDER BY v.begun_at DESC LIMIT 1), '-infinity')
     ORDER BY f.begun_at DESC, f.id DESC LIMIT ${maxRepetitions + 1})`;

/** Runs of some datasets, those of each the newest first: at most `maxRuns`, and in addition those that decide about repetitions. */
export async function newestRuns(
  reader: Reader,
  datasets: readonly string[],
  maxRuns: number,
): Promise<ReadonlyMap<string, readonly PullRunRow[]>> {
  const { rows } = await reader.query<StoredRun>(
    `SELECT r.dataset, r.id, r.period, ${momentOf('r.begun_at')} AS begun, ${momentOf('r.ended_at')} AS ended, r.outcome, r.complete, r.batch,
            b.state AS "batchState", b.problem, r.rows,
            jsonb_path_query_first(b.findings, '$[*] ? (@.code == "batch_columns_unread" || @.code == "batch_columns_added").facts.columns') #>> '{}' AS unread
       FROM unnest($1::text[]) AS named (dataset)
       JOIN LATERAL (${decisiveIds('named.dataset', '$2')}) AS decisive ON true
       JOIN pull_run AS r ON r.id = decisive.id
       LEFT JOIN batch AS b ON b.id = r.batch
      ORDER BY r.begun_at DESC, r.id DESC`,
    [datasets, maxRuns],
  );
  const found = new Map<string, PullRunRow[]>(datasets.map((dataset) => [dataset, []]));
  for (const { dataset, begun, ended, rows: count, ...row } of rows)
    found.get(dataset)?.push({
      ...row,
      begunAt: readMoment(begun),
      endedAt: readMomentOrNull(ended),
      rows: Number(count),
    });
  return found;
}

/** Newest first. */
export const runsOf = async (
  reader: Reader,
  dataset: string,
  maxRuns: number,
): Promise<readonly PullRunRow[]> => (await newestRuns(reader, [dataset], maxRuns)).get(dataset) ?? [];

/**
 * @param reading hex digest of source and query: positions of another one are invalid
 * @param run.today civil date of China
 * @returns false if the pull was ended, paused or replaced in the meantime: no run begins
 */
export async function beginRun(
  reader: Reader,
  run: {
    readonly id: string;
    readonly dataset: string;
    /** digest of the pull document it uses */
    readonly digest: string;
    readonly reading: string;
    readonly period: string;
    readonly begunAt: number;
    readonly today: string;
  },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO pull_run (id, dataset, reading, period, begun_at) SELECT $1, dataset, $3, $4, ${momentAt('$5')}
       FROM pull WHERE dataset = $2 AND digest = $6 AND ended_by IS NULL AND coalesce(paused_until < $7::date, true)`,
    [run.id, run.dataset, run.reading, run.period, run.begunAt, run.digest, run.today],
  );
  return rowCount === 1;
}

/** Records the batch that receives the rows of a run. */
export async function storeRunBatch(reader: Reader, id: string, batch: string): Promise<void> {
  await reader.query('UPDATE pull_run SET batch = $2 WHERE id = $1 AND ended_at IS NULL', [id, batch]);
}

/** @returns false if another process ended it */
export async function endRun(
  reader: Reader,
  run: {
    readonly id: string;
    readonly at: number;
    readonly outcome: string;
    readonly complete: boolean;
    readonly rows: number;
    /** sealed position of the last read row, where the next run continues */
    readonly mark?: Uint8Array | undefined;
  },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE pull_run SET ended_at = ${momentAt('$2')}, outcome = $3, complete = $4, rows = $5, mark = $6
      WHERE id = $1 AND ended_at IS NULL`,
    [
      run.id,
      run.at,
      run.outcome,
      run.complete,
      run.rows,
      run.mark === undefined ? null : Buffer.from(run.mark),
    ],
  );
  return rowCount === 1;
}

/** Ends runs that a process abandoned: not ended, or ended with a batch that was never committed, which is another outcome. */
export async function endBrokenRuns(
  reader: Reader,
  dataset: string,
  at: number,
): Promise<readonly { readonly batch: string | null }[]> {
  const { rows } = await reader.query<{ batch: string | null }>(
    `UPDATE pull_run AS r SET ended_at = ${momentAt('$2')}, complete = false, mark = NULL,
            outcome = CASE WHEN r.ended_at IS NULL THEN 'pull_broken_off' ELSE 'pull_batch_broken_off' END
      WHERE dataset = $1 AND (ended_at IS NULL OR (outcome = 'read'
            AND EXISTS (SELECT FROM batch AS b WHERE b.id = r.batch AND b.state = 'receiving')))
      RETURNING batch`,
    [dataset, at],
  );
  return rows;
}

export interface StoredMark {
  /** id of its run */
  readonly run: string;
  /** sealed */
  readonly mark: Buffer;
  /** whether its run read all available rows */
  readonly complete: boolean;
  readonly batchState: BatchState;
}

/**
 * Position of the newest run whose batch was published, or may still be: it waits for a checker or a person. Refused or discarded batches
 * do not count, so their rows are read again.
 */
export async function newestMark(
  reader: Reader,
  dataset: string,
  reading: string,
): Promise<StoredMark | undefined> {
  const { rows } = await reader.query<StoredMark>(
    `SELECT r.id AS run, r.mark, r.complete, b.state AS "batchState" FROM pull_run AS r JOIN batch AS b ON b.id = r.batch
      WHERE r.dataset = $1 AND r.reading = $2 AND r.mark IS NOT NULL
        AND b.state IN ('published', 'superseded', 'checking', 'held') ORDER BY r.begun_at DESC LIMIT 1`,
    [dataset, reading],
  );
  return rows[0];
}
