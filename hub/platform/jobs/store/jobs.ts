import { createHmac } from 'node:crypto';
import { comparedTable } from '../../database/authenticated/comparedTable.ts';
import { unalteredRow } from '../../database/authenticated/keyedRows.ts';
import { sealingOf } from '../../database/authenticated/rowSealing.ts';
import { isSameMac } from '../../database/authenticated/seals.ts';
import type { Reader } from '../../database/reader.ts';

/** Maximum milliseconds by which the clocks of two processes differ, with reserve. */
export const clockDifferenceMs = 60_000;
/** This number and the next one are exact in JavaScript. */
const maxFencing = Number.MAX_SAFE_INTEGER - 1;

/** What a process states of a job. Times in Unix milliseconds. */
export type Stated =
  | { readonly kind: 'runs'; readonly owner: string; readonly at: number; readonly leaseUntil: number }
  | { readonly kind: 'ended'; readonly at: number; readonly outcome: string };

/** The MAC of a statement; undefined while nothing is sealed. */
function macOf(reader: Reader, name: string, stated: Stated): Buffer | undefined {
  const key = sealingOf(reader)?.digests?.key;
  if (key === undefined) return undefined;
  const values =
    stated.kind === 'runs' ? [stated.owner, stated.at, stated.leaseUntil] : [stated.at, stated.outcome];
  return createHmac('sha256', key)
    .update(JSON.stringify(['datong job 1', name, stated.kind, ...values]))
    .digest();
}

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
 * @param owner uuid of this attempt @param now Unix milliseconds, whole @param lease milliseconds until another process may take it
 * @param every milliseconds from one run to the next
 * @param early takes it before it is due, too
 * @param from owner of a lease that no process of the hub stated: it is ignored
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
    from = null,
  }: {
    readonly owner: string;
    readonly now: number;
    readonly lease: number;
    readonly every: number;
    readonly early: boolean;
    readonly from?: string | null;
  },
): Promise<TakenJob | undefined> {
  const take = () =>
    reader.query<{ fencing: string; state: unknown }>(
      `UPDATE job SET owner = $2, fencing = CASE WHEN fencing BETWEEN 0 AND ${maxFencing} THEN fencing + 1 ELSE 1 END, started_at = to_timestamp($3 / 1000.0),
              lease_until = to_timestamp(($3::double precision + $4) / 1000.0), mac = $8
        WHERE name = $1 AND ($5 OR due <= to_timestamp($3 / 1000.0) OR due > to_timestamp($6 / 1000.0))
          AND (owner IS NULL OR owner = $9 OR lease_until NOT BETWEEN to_timestamp($3 / 1000.0) AND to_timestamp($7 / 1000.0))
        RETURNING fencing, state`,
      [
        name,
        owner,
        now,
        lease,
        early,
        now + 2 * every + clockDifferenceMs,
        now + 2 * lease + clockDifferenceMs,
        macOf(reader, name, { kind: 'runs', owner, at: now, leaseUntil: now + lease }),
        from,
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

/**
 * Extends the lease of a run. @param run `leaseUntil` is its new end
 * @returns false when another process has taken the job over
 */
export async function extendJobLease(
  reader: Reader,
  name: string,
  { fencing, ...run }: Omit<Extract<Stated, { kind: 'runs' }>, 'kind'> & { readonly fencing: number },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    'UPDATE job SET lease_until = to_timestamp($3 / 1000.0), mac = $4 WHERE name = $1 AND fencing = $2 AND owner IS NOT NULL',
    [name, fencing, run.leaseUntil, macOf(reader, name, { kind: 'runs', ...run })],
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
            outcome = $5, mac = $6, end_mac = $6, succeeded_at = CASE WHEN $5 = 'ok' THEN to_timestamp($3 / 1000.0) ELSE succeeded_at END`;

/**
 * Ends a run. It changes nothing if another process has taken the job over.
 * @returns whether it was stored
 * @throws Problem rows_unauthenticated where a sealed position was changed past the hub
 */
export async function endJob(reader: Reader, name: string, end: JobEnd): Promise<boolean> {
  const { fencing, now, due, outcome, state, isPositionSealed } = end;
  const isThis = 'name = $1 AND fencing = $2';
  const mac = macOf(reader, name, { kind: 'ended', at: now, outcome });
  const values = [name, fencing, now, due, outcome, mac];
  const { rowCount } =
    state === undefined
      ? await reader.query(`${ending} WHERE ${isThis}`, values)
      : await reader.query(
          isPositionSealed ? withPosition(isThis) : `${ending}, state = $7::jsonb WHERE ${isThis}`,
          [...values, JSON.stringify(state)],
        );
  return rowCount === 1;
}

const withPosition = (isThis: string): string =>
  `WITH ended AS (${ending} WHERE ${isThis} RETURNING name)
   INSERT INTO job_position (job, state) SELECT name, $7::jsonb FROM ended
   ON CONFLICT (job) DO UPDATE SET state = excluded.state`;

/**
 * The position of a job that is sealed; null before its first run.
 * @throws Problem rows_unauthenticated where it was changed or deleted past the hub
 */
export async function positionOfJob(reader: Reader, name: string): Promise<unknown> {
  const row = await unalteredRow(reader, 'job_position', [name]);
  // without a row and its seal, a job would begin as if for the first time
  const all = row === undefined ? await comparedTable(reader, 'job_position') : [];
  const state = (row ?? all.find(({ job }) => job === name))?.['state'] ?? null;
  return state === null ? null : (JSON.parse(state) as unknown);
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

/**
 * Changes the state of a job between its runs, or during one, which then stores its own.
 * @param change undefined: the state remains
 */
export async function changeJobState(
  transaction: Reader,
  name: string,
  change: (state: unknown) => Promise<object | undefined>,
): Promise<void> {
  const { rows } = await transaction.query<{ state: unknown }>(
    'SELECT state FROM job WHERE name = $1 FOR UPDATE',
    [name],
  );
  const state = await change(rows[0]?.state);
  if (state !== undefined)
    await transaction.query('UPDATE job SET state = $2 WHERE name = $1', [name, JSON.stringify(state)]);
}

export interface JobRow {
  readonly name: string;
  /** Unix milliseconds; null before the first time */
  readonly due: number;
  readonly succeededAt: number | null;
  /** `ok`, the code of a problem, or null before the first end */
  readonly outcome: string | null;
  readonly running: boolean;
  /** Unix milliseconds; null while no process runs it */
  readonly leaseUntil: number | null;
  /** null while no process runs it */
  readonly owner: string | null;
  /** what a process of the hub states; undefined where it was changed past the hub */
  readonly stated: Stated | undefined;
  /** how the last run ended, as its process states it, also while another one runs; undefined: changed past the hub, or none ended */
  readonly lastEnd: Extract<Stated, { kind: 'ended' }> | undefined;
}

interface ReadRow extends Omit<JobRow, 'stated' | 'lastEnd'> {
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly mac: Buffer | null;
  readonly endMac: Buffer | null;
}

const ms = (column: string): string => `round(extract(epoch FROM ${column}) * 1000)::double precision`;

const jobColumns = `name, ${ms('due')} AS due, outcome, owner IS NOT NULL AS running, owner,
  ${ms('started_at')} AS "startedAt", ${ms('finished_at')} AS "finishedAt", ${ms('succeeded_at')} AS "succeededAt",
  CASE WHEN owner IS NOT NULL THEN ${ms('lease_until')} END AS "leaseUntil", mac, end_mac AS "endMac"`;

function readJob(reader: Reader, { startedAt, finishedAt, mac, endMac, ...row }: ReadRow): JobRow {
  const { name, owner, leaseUntil, outcome } = row;
  const ended = { kind: 'ended', at: finishedAt ?? 0, outcome: outcome ?? '' } as const;
  const stated: Stated =
    owner === null ? ended : { kind: 'runs', owner, at: startedAt ?? 0, leaseUntil: leaseUntil ?? 0 };
  const isStated = (one: Stated, by: Buffer | null): boolean => {
    const expected = macOf(reader, name, one);
    return expected === undefined || isSameMac(by, expected);
  };
  return {
    ...row,
    stated: isStated(stated, mac) ? stated : undefined,
    lastEnd: finishedAt !== null && isStated(ended, endMac) ? ended : undefined,
  };
}

/** Seconds since a job was due; 0 while it runs. @param now Unix milliseconds */
export const jobLateSeconds = ({ running, due }: Pick<JobRow, 'running' | 'due'>, now: number): number =>
  running ? 0 : Math.max(0, Math.round((now - due) / 1_000));

/** Every job that ever ran, by name. */
export async function listJobs(reader: Reader): Promise<JobRow[]> {
  const { rows } = await reader.query<ReadRow>(`SELECT ${jobColumns} FROM job ORDER BY name`);
  return rows.map((row) => readJob(reader, row));
}

export async function jobByName(reader: Reader, name: string): Promise<JobRow | undefined> {
  const { rows } = await reader.query<ReadRow>(`SELECT ${jobColumns} FROM job WHERE name = $1`, [name]);
  return rows[0] && readJob(reader, rows[0]);
}
