import { batchLife, type BatchAct } from '../../../domain/batch.ts';
import type { Finding } from '../../../domain/guards.ts';
import type { BatchProfile } from '../../../domain/quality.ts';
import type { Ranges } from '../../../domain/ranges.ts';
import { statesBefore } from '../../../domain/lifeCycle.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { BatchCounts } from './batches.ts';

export interface BatchOutcome {
  readonly id: string;
  readonly owner: string;
  readonly state: 'published' | 'held' | 'prepared' | 'rejected' | 'failed';
  readonly counts?: BatchCounts;
  /** code of the problem that stopped it */
  readonly problem?: string;
  /** headings of its file */
  readonly columns?: readonly string[];
  /** rounded ranges of its values */
  readonly ranges?: Ranges | undefined;
  readonly profile?: BatchProfile;
  /** the first period of its rows, late ones included, where they are partitioned by period */
  readonly oldestPeriod?: string | undefined;
  /** the findings that stopped it */
  readonly findings?: readonly Finding[];
  /** days until the deadline for the decision on a held batch */
  readonly holdDays?: number;
  /** id of the exchange whose entry records it */
  readonly exchange: string;
}

/** The act of each final state. */
const acts: Readonly<Record<BatchOutcome['state'], BatchAct>> = {
  published: 'publish',
  held: 'hold',
  prepared: 'prepare',
  rejected: 'reject',
  failed: 'fail',
};

/** Of a batch that stopped before its records were counted. */
const uncounted: { readonly [Count in keyof BatchCounts]: BatchCounts[Count] | null } = {
  records: null,
  rows: null,
  bad: null,
  skipped: null,
};

const jsonOf = (value: object | undefined): string | null =>
  value === undefined ? null : JSON.stringify(value);

/** Ends a translation, inside the transaction of its entry. @returns false when the lease was lost to another hub */
export async function finishBatch(reader: Reader, outcome: BatchOutcome): Promise<boolean> {
  const { findings, columns = [], ranges, profile, oldestPeriod } = outcome;
  const counts = outcome.counts ?? uncounted;
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = $3, records = $4, rows_ok = $5, rows_bad = $6, skipped = $7, doubted = $8, warned = $9, problem = $10,
            exchange = $11, deletions = $15, file_columns = $16, ranges = $17, profile = $18, findings = $13, oldest_period = $19, finished_at = now(), lease_until = NULL,
            published_at = CASE WHEN $3 = 'published' THEN now() END,
            held_until = CASE WHEN $3 = 'held' THEN now() + make_interval(days => $14) END
      WHERE id = $1 AND lease_owner = $2 AND state = ANY($12)`,
    [
      outcome.id,
      outcome.owner,
      outcome.state,
      counts.records,
      counts.rows,
      counts.bad,
      counts.skipped,
      counts.doubted ?? null,
      counts.warned ?? null,
      outcome.problem ?? null,
      outcome.exchange,
      statesBefore(batchLife, acts[outcome.state]),
      jsonOf(findings),
      outcome.holdDays ?? 0,
      counts.deletions ?? null,
      columns.length === 0 ? null : [...columns],
      jsonOf(ranges),
      jsonOf(profile),
      oldestPeriod ?? null,
    ],
  );
  return rowCount === 1;
}
