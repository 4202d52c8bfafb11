/** Figures of series for their provider: how many readings came lately, the longest gap between them, and the values of one series. */
import { literalName } from '../../../domain/rowTable/names.ts';
import { datasetTable, type Column } from '../../../domain/rowTable/layout.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { keyCasts } from './byKey.ts';
import { bucketSql, type Places } from './rollups.ts';

export interface SeriesFigures {
  /** readings since a moment */
  readonly readings: number;
  /** seconds between two of them; null: fewer than two */
  readonly longestGap: number | null;
}

const moment = (time: string): string => `extract(epoch FROM ${time}::timestamptz)`;

/** @param series values of the key without the time, as texts @param since first moment that counts, as it is written in a row */
export async function seriesFigures(
  pool: Pool,
  { dataset, schema, series }: Places,
  wanted: readonly (readonly string[])[],
  since: string,
): Promise<readonly SeriesFigures[]> {
  const { keys, time } = series;
  const names = keys.map((_, i) => literalName(`k${i}`));
  const same = keys.map(({ name, kind }, i) => `r.${name} = w.${names[i] ?? ''}::${keyCasts[kind]}`);
  const { rows } = await pool.query<{ readings: string; gap: number | null }>(
    `SELECT f.readings, f.gap
       FROM unnest(${names.map((_, i) => `$${i + 2}::text[]`).join(', ')}) WITH ORDINALITY AS w(${[...names, 'nth'].join(', ')})
      CROSS JOIN LATERAL (
        SELECT count(*) AS readings, max(gap)::double precision AS gap
          FROM (SELECT ${moment(`r.${time.name}`)} - lag(${moment(`r.${time.name}`)}) OVER (ORDER BY r.${time.name}) AS gap
                  FROM ${datasetTable(dataset, schema)} AS r WHERE ${[...same, `r.${time.name} >= $1`].join(' AND ')}) AS gaps) AS f
      ORDER BY w.nth`,
    [since, ...keys.map((_, i) => wanted.map((one) => one[i]))],
  );
  return rows.map(({ readings, gap }) => ({ readings: Number(readings), longestGap: gap }));
}

/** Values of one series in quarters of an hour, without those that have none. */
export interface ChartPoint {
  readonly from: string;
  readonly avg: number;
  readonly min: number;
  readonly max: number;
}

export async function chartPoints(
  pool: Pool,
  { dataset, schema, series }: Places,
  { field, of, since }: { readonly field: Column; readonly of: readonly string[]; readonly since: string },
): Promise<readonly ChartPoint[]> {
  const { keys, time } = series;
  const same = keys.map(({ name, kind }, i) => `${name} = $${i + 2}::text::${keyCasts[kind]}`);
  const { rows } = await pool.query<ChartPoint>(
    `SELECT ${bucketSql('15min', time.name)} AS "from", avg(${field.name})::double precision AS avg, min(${field.name})::double precision AS min, max(${field.name})::double precision AS max
       FROM ${datasetTable(dataset, schema)} WHERE ${[...same, `${time.name} >= $1`, `${field.name} IS NOT NULL`].join(' AND ')} GROUP BY 1 ORDER BY 1`,
    [since, ...of],
  );
  return rows;
}
