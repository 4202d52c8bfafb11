import { refuseAlteredRows } from '../../database/authenticated/refuseAlteredRows.ts';
import { refuseUnauthentic } from '../../database/authenticated/rowSealing.ts';
import { sealedRows } from '../../database/authenticated/sealedRows.ts';
import type { Reader } from '../../database/reader.ts';

/** Maximum milliseconds by which the clocks of two processes differ, with reserve. */
export const clockDifferenceMs = 60_000;
/** This number and the next one are exact in JavaScript. */
const maxFencing = Number.MAX_SAFE_INTEGER - 1;

/** A job that this process runs now. */
export interface TakenJob {
  /** checked in the transaction of every act */
  readonly fencing: number;
  /** where the last run ended, null at first */
  readonly state: unknown;
}

/**
 * Takes a job that no process is running. A superuser can postpone a job, or lease it to no process: a time later than any that a process
 * stores is ignored.
 * @param owner uuid of this attempt @param now Unix milliseconds @param lease milliseconds until another process may take it
 * @param every milliseconds from one run to the next
 * @param early takes it before it is due, too
 * @returns undefined when it is not due, or another process has it
 */
export async function takeJob(
  reader: Reader,
  name: string,
  {
    owner,
    now,
    lease,
    every,
    early,
  }: {
    readonly owner: string;
    readonly now: number;
    readonly lease: number;
    readonly every: number;
    readonly early: boolean;
  },
): Promise<TakenJob | undefined> {
  const take = () =>
    reader.query<{ fencing: string; state: unknown }>(
      `UPDATE job SET owner = $2, fencing = CASE WHEN fencing BETWEEN 0 AND ${maxFencing} THEN fencing + 1 ELSE 1 END, started_at = to_timestamp($3 / 1000.0),
              lease_until = to_timestamp(($3::double precision + $4) / 1000.0)
        WHERE name = $1 AND ($5 OR due <= to_timestamp($3 / 1000.0) OR due > to_timestamp($6 / 1000.0))
          AND (owner IS NULL OR lease_until NOT BETWEEN to_timestamp($3 / 1000.0) AND to_timestamp($7 / 1000.0))
        RETURNING fencing, state`,
      [
        name,
        owner,
        now,
        lease,
        early,
        now + 2 * every + clockDifferenceMs,
        now + 2 * lease + clockDifferenceMs,
      ],
    );
  let { rows } = await take();
  if (rows[0] === undefined) {
    // not due, or running elsewhere; or it never ran
    const { rowCount } = await reader.query(
      'INSERT INTO job (name, due) VALUES ($1, to_timestamp($2 / 1000.0)) ON CONFLICT DO NOTHING',
      [name, now],
    );
    if (rowCount === 1) ({ rows } = await take());
  }
  const [row] = rows;
  return row === undefined ? undefined : { fencing: Number(row.fencing), state: row.state };
}

/** Extends the lease of a job. @param until Unix milliseconds @returns false when another process has taken it over */
export async function extendJobLease(
  reader: Reader,
  name: string,
  { fencing, until }: { readonly fencing: number; readonly until: number },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    'UPDATE job SET lease_until = to_timestamp($3 / 1000.0) WHERE name = $1 AND fencing = $2 AND owner IS NOT NULL',
    [name, fencing, until],
  );
  return rowCount === 1;
}

interface JobEnd {
  readonly fencing: number;
  /** Unix milliseconds */
  readonly now: number;
  /** when it is due again, Unix milliseconds */
  readonly due: number;
  /** `ok`, or the code of the problem it ended with */
  readonly outcome: string;
  /** where the next run continues; undefined: unchanged */
  readonly state: unknown;
  /** whether the state is a position that is stored with a seal */
  readonly isPositionSealed: boolean;
}

const ending = `UPDATE job SET owner = NULL, lease_until = NULL, finished_at = to_timestamp($3 / 1000.0), due = to_timestamp($4 / 1000.0),
            outcome = $5, succeeded_at = CASE WHEN $5 = 'ok' THEN to_timestamp($3 / 1000.0) ELSE succeeded_at END`;

/**
 * Ends a run. It changes nothing if another process has taken the job over.
 * @throws Problem rows_unauthenticated where a sealed position was changed past the hub
 */
export async function endJob(reader: Reader, name: string, end: JobEnd): Promise<void> {
  const { fencing, now, due, outcome, state, isPositionSealed } = end;
  const isThis = 'name = $1 AND fencing = $2';
  const values = [name, fencing, now, due, outcome];
  if (state === undefined) await reader.query(`${ending} WHERE ${isThis}`, values);
  else if (isPositionSealed)
    await reader.query(
      `WITH ended AS (${ending} WHERE ${isThis} RETURNING name)
       INSERT INTO job_position (job, state) SELECT name, $6::jsonb FROM ended
       ON CONFLICT (job) DO UPDATE SET state = excluded.state`,
      [...values, JSON.stringify(state)],
    );
  else await reader.query(`${ending}, state = $6::jsonb WHERE ${isThis}`, [...values, JSON.stringify(state)]);
}

/**
 * The position of a job that is sealed; null before its first run.
 * @throws Problem rows_unauthenticated where it was changed or deleted past the hub
 */
export async function positionOfJob(reader: Reader, name: string): Promise<unknown> {
  await refuseAlteredRows(reader, 'job_position', name);
  const [row] = await sealedRows<{ state: unknown }>(
    reader,
    'job_position',
    'SELECT state FROM job_position WHERE job = $1',
    [name],
  );
  // without a row and its seal, a job would begin as if for the first time
  if (row === undefined) await refuseUnauthentic(reader, ['job_position']);
  return row?.state ?? null;
}

/** Whether the attempt with this owner and fencing number still has the job; locks this until the transaction ends. */
export async function holdsJob(
  transaction: Reader,
  { name, fencing, owner }: { readonly name: string; readonly fencing: number; readonly owner: string },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'SELECT 1 FROM job WHERE name = $1 AND fencing = $2 AND owner = $3 FOR SHARE',
    [name, fencing, owner],
  );
  return rowCount === 1;
}

/** The state of a job, in its own format, and when it last succeeded (Unix milliseconds); undefined for one that never ran. */
export async function stateOfJob(
  reader: Reader,
  name: string,
): Promise<{ readonly state: unknown; readonly succeededAt: number | null } | undefined> {
  const { rows } = await reader.query<{ state: unknown; succeededAt: number | null }>(
    `SELECT state, (extract(epoch FROM succeeded_at) * 1000)::double precision AS "succeededAt" FROM job WHERE name = $1`,
    [name],
  );
  return rows[0];
}

interface JobRow {
  readonly name: string;
  /** Unix milliseconds; null before the first time */
  readonly due: number;
  readonly succeededAt: number | null;
  /** `ok`, the code of a problem, or null before the first end */
  readonly outcome: string | null;
  readonly running: boolean;
  /** Unix milliseconds; null while no process runs it */
  readonly leaseUntil: number | null;
}

/** Every job that ever ran, by name. */
export async function listJobs(reader: Reader): Promise<JobRow[]> {
  const { rows } = await reader.query<JobRow>(
    `SELECT name, (extract(epoch FROM due) * 1000)::double precision AS due, outcome, owner IS NOT NULL AS running,
            (extract(epoch FROM succeeded_at) * 1000)::double precision AS "succeededAt",
            CASE WHEN owner IS NOT NULL THEN (extract(epoch FROM lease_until) * 1000)::double precision END AS "leaseUntil"
       FROM job ORDER BY name`,
  );
  return rows;
}
