import type { Reader } from '../../database/reader.ts';

export interface JobEnd {
  readonly fencing: number;
  /** Unix milliseconds */
  readonly now: number;
  /** when it is due again, Unix milliseconds */
  readonly due: number;
  /** `ok`, or the code of the problem it ended with */
  readonly outcome: string;
  /** where the next run goes on; undefined leaves it as it was */
  readonly state: unknown;
}

/** Ends a run. One that another process has taken over meanwhile changes nothing. */
export async function endJob(reader: Reader, name: string, end: JobEnd): Promise<void> {
  await reader.query(
    `UPDATE job SET owner = NULL, lease_until = NULL, finished_at = to_timestamp($3 / 1000.0), due = to_timestamp($4 / 1000.0),
            outcome = $5, succeeded_at = CASE WHEN $5 = 'ok' THEN to_timestamp($3 / 1000.0) ELSE succeeded_at END,
            state = coalesce($6::jsonb, state)
      WHERE name = $1 AND fencing = $2`,
    [
      name,
      end.fencing,
      end.now,
      end.due,
      end.outcome,
      end.state === undefined ? null : JSON.stringify(end.state),
    ],
  );
}
