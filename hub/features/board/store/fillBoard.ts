import type { Reader } from '../../../platform/database/reader.ts';

/** How far the log has been read for the board. */
export async function boardProgress(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ next: string }>('SELECT next FROM board_progress WHERE id = 1');
  return Number(rows[0]?.next ?? 0);
}

/** Calls of one day, calendar of China: `YYYY-MM-DD`. */
export interface BoardDay {
  readonly day: string;
  readonly consumer: string;
  /** empty where a refused call named none */
  readonly provider: string;
  readonly dataset: string;
  readonly answered: number;
  readonly refused: number;
}

/** What left for one case. */
export interface BoardCase {
  /** the first day of these entries on which something left */
  readonly day: string;
  readonly consumer: string;
  /** code of the matter */
  readonly matter: string;
  /** the case's number, kept as a hash */
  readonly number: string;
  /** `dataset.field` */
  readonly fields: readonly string[];
}

/**
 * Adds what the entries `from … to − 1` hold and moves the mark behind them, in one statement: what is read twice is counted once.
 * @returns false when another process has moved the mark
 */
export async function fillBoard(
  reader: Reader,
  { from, to }: { readonly from: number; readonly to: number },
  days: readonly BoardDay[],
  cases: readonly BoardCase[],
): Promise<boolean> {
  const { rows } = await reader.query<{ moved: boolean }>(
    `WITH moved AS (UPDATE board_progress SET next = $2 WHERE id = 1 AND next = $1 RETURNING 1),
          days AS (
            INSERT INTO board_day AS d (day, consumer, provider, dataset, answered, refused)
            SELECT o.* FROM jsonb_to_recordset($3::jsonb)
                AS o(day date, consumer text, provider text, dataset text, answered bigint, refused bigint) WHERE EXISTS (SELECT FROM moved)
            ON CONFLICT (day, consumer, provider, dataset)
            DO UPDATE SET answered = d.answered + EXCLUDED.answered, refused = d.refused + EXCLUDED.refused),
          cases AS (
            INSERT INTO board_case AS c (day, consumer, matter, number, fields)
            SELECT o.day, o.consumer, o.matter, sha256(convert_to(o.number, 'UTF8')), o.fields
              FROM jsonb_to_recordset($4::jsonb) AS o(day date, consumer text, matter text, number text, fields text[])
             WHERE EXISTS (SELECT FROM moved)
            ON CONFLICT (consumer, matter, number)
            DO UPDATE SET fields = (SELECT array_agg(DISTINCT f) FROM unnest(c.fields || EXCLUDED.fields) AS f)
            WHERE NOT c.fields @> EXCLUDED.fields)
     SELECT EXISTS (SELECT FROM moved) AS moved`,
    [from, to, JSON.stringify(days), JSON.stringify(cases)],
  );
  return rows[0]?.moved === true;
}
