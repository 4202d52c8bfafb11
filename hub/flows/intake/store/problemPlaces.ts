import type { Reader } from '../../../platform/database/reader.ts';

/** One kind of problem of a batch: how often, and where first. It says nothing of any value. */
export interface ProblemPlaces {
  readonly rule: string;
  readonly header: string;
  readonly field: string;
  readonly count: number;
  /** physical lines of the first ones, ascending */
  readonly lines: readonly number[];
}

/** Lines that are told of each kind. */
const mostLines = 10;

/** The most frequent first, of the rows that quarantine keeps. */
export async function problemPlaces(
  reader: Reader,
  batch: string,
  most: number,
): Promise<readonly ProblemPlaces[]> {
  const { rows } = await reader.query<
    Omit<ProblemPlaces, 'count' | 'lines'> & { n: string; lines: string[] }
  >(
    `SELECT p ->> 'rule' AS rule, p ->> 'header' AS header, p ->> 'field' AS field, count(*) AS n,
            (array_agg(q.line ORDER BY q.line))[1:${mostLines}] AS lines
       FROM quarantine AS q CROSS JOIN LATERAL jsonb_array_elements(q.problems) AS p
      WHERE q.batch = $1 GROUP BY 1, 2, 3 ORDER BY n DESC, 1, 2, 3 LIMIT $2`,
    [batch, most],
  );
  return rows.map(({ n, lines, ...row }) => ({ ...row, count: Number(n), lines: lines.map(Number) }));
}
