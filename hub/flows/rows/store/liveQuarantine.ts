/** Invalid rows that a provider of live data returned: place, reason, and sealed content. Equal rows are stored once. */
import { Problem } from '../../../../terms/problem.ts';
import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import { mayGo } from '../../../log/store/legalHolds.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Sealer } from './sealedParts.ts';

export interface FailedLiveRow {
  /** place in the answer, from 1 */
  readonly place: number;
  readonly problems: readonly { readonly field: string; readonly rule: string }[];
  /** the requested fields of the row, as received */
  readonly raw: unknown;
}

export interface QuarantinedLiveRow extends FailedLiveRow {
  /** grows from row to row */
  readonly nth: number;
  /** the newest exchange that received it */
  readonly exchange: string;
  /** number of exchanges that received it */
  readonly times: number;
  /** when it was last received */
  readonly seen: Date;
}

/** Maximum number of stored rows of one dataset. */
const maxRows = 10_000;
const contextOf = (dataset: string, digest: string): string => `live ${dataset} failed row ${digest}`;

/** @param digestOf keyed hash of a row, hex @param now Unix milliseconds */
export async function putLiveQuarantined(
  reader: Pick<Reader, 'query'>,
  sealer: Sealer,
  { dataset, exchange, now }: { readonly dataset: string; readonly exchange: string; readonly now: number },
  rows: readonly FailedLiveRow[],
  digestOf: (text: string) => string,
): Promise<void> {
  const texts = new Map(
    rows.map((row) => {
      // Infinity marks a number that is not exact; JSON would show null for it
      const text = JSON.stringify(row.raw, (_name, value: unknown) =>
        value === Infinity ? 'number.inexact' : value,
      );
      return [digestOf(text), { row, text }];
    }),
  );
  const all = [...texts];
  await reader.query(
    `INSERT INTO live_quarantine (dataset, exchange, seen_at, digest, place, problems, sealed)
     SELECT $1, $2, $3, * FROM unnest($4::bytea[], $5::integer[], $6::jsonb[], $7::bytea[])
      WHERE (SELECT count(*) FROM live_quarantine WHERE dataset = $1) < $8
     ON CONFLICT (dataset, digest) DO UPDATE
        SET times = live_quarantine.times + 1, exchange = excluded.exchange, place = excluded.place, seen_at = excluded.seen_at
      WHERE live_quarantine.exchange <> excluded.exchange`,
    [
      ...[dataset, exchange, new Date(now)],
      all.map(([digest]) => Buffer.from(digest, 'hex')),
      all.map(([, { row }]) => row.place),
      all.map(([, { row }]) => JSON.stringify(row.problems)),
      all.map(([digest, { text }]) =>
        Buffer.from(sealer.seal(Buffer.from(text, 'utf8'), contextOf(dataset, digest))),
      ),
      maxRows,
    ],
  );
}

/** Failed rows in the order of their first arrival, opened. @param after `nth` of the last one seen, 0 for the first page */
export async function liveQuarantinedRows(
  reader: Reader,
  sealer: Sealer,
  dataset: string,
  after: number,
  limit: number,
): Promise<readonly QuarantinedLiveRow[]> {
  const { rows } = await reader.query<
    Omit<QuarantinedLiveRow, 'raw' | 'nth' | 'seen'> & {
      nth: string;
      seen: string;
      digest: string;
      sealed: Buffer;
    }
  >(
    `SELECT nth, exchange, place, times, problems, seen_at AS seen, encode(digest, 'hex') AS digest, sealed
       FROM live_quarantine WHERE dataset = $1 AND nth > $2 ORDER BY nth LIMIT $3`,
    [dataset, after, limit],
  );
  return rows.map(({ digest, sealed, nth, seen, ...row }) => ({
    ...row,
    nth: Number(nth),
    seen: new Date(seen),
    raw: JSON.parse(Buffer.from(sealer.open(sealed, contextOf(dataset, digest))).toString('utf8')) as unknown,
  }));
}

export interface LiveRemains {
  readonly dataset: string;
  readonly quarantined: number;
}

const dayMs = 86_400_000;

/**
 * Datasets with rows last received longer ago than their retention period, or that of the hub, and the number of rows; none under a legal
 * hold.
 * @param now Unix milliseconds @param days for datasets without their own period
 */
export async function liveRemains(
  reader: Reader,
  now: number,
  days: number,
  atMost: number,
): Promise<readonly LiveRemains[]> {
  const { rows } = await reader.query<{ dataset: string; quarantined: string }>(
    `SELECT q.dataset, count(*) AS quarantined
       FROM live_quarantine AS q JOIN dataset AS d ON d.id = q.dataset
      WHERE q.seen_at < to_timestamp(($1::bigint - coalesce(d.raw_days, $2::integer)::bigint * ${dayMs}) / 1000.0)
        AND q.dataset NOT IN (SELECT dataset FROM held_dataset)
      GROUP BY q.dataset ORDER BY q.dataset LIMIT $3`,
    [now, days, atMost],
  );
  return rows.map(({ dataset, quarantined }) => ({ dataset, quarantined: Number(quarantined) }));
}

/** @param days for a dataset without its own period @returns milliseconds of its retention period @throws Problem rows_unauthenticated */
export async function termOf(reader: Reader, dataset: string, days: number): Promise<number> {
  const text = 'SELECT raw_days AS days FROM dataset WHERE id = $1';
  const [row] = await sealedRows<{ days: number | null }>(reader, 'dataset', text, [dataset]);
  if (row === undefined) throw new Problem('rows_unauthenticated', { table: 'dataset' });
  return (row.days ?? days) * dayMs;
}

/**
 * @param now and `days` as for `liveRemains`
 * @returns false where their number changed since it was read, or the dataset was placed under legal hold
 */
export async function destroyLiveRemains(
  reader: Reader,
  { dataset, quarantined }: LiveRemains,
  now: number,
  days: number,
): Promise<boolean> {
  if (!(await mayGo(reader, dataset))) return false;
  const before = now - (await termOf(reader, dataset, days));
  const { rowCount } = await reader.query(`DELETE FROM live_quarantine WHERE dataset = $1 AND seen_at < $2`, [
    dataset,
    new Date(before),
  ]);
  return rowCount === quarantined;
}
