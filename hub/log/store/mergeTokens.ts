import type { Pool } from '../../platform/database/database.ts';
import { failureOf } from '../../platform/database/failure.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { withTransaction } from '../../platform/database/transaction.ts';

/**
 * Merges new tokens into the index of tokens while appends continue. Run as owner; repeatable.
 * @returns pages that were merged
 */
export async function mergeTokens(owner: Reader): Promise<number> {
  const { rows } = await owner.query<{ pages: string }>(
    "SELECT gin_clean_pending_list('audit_subject_tokens') AS pages",
  );
  return Number(rows[0]?.pages);
}

/** Pages that the index of entries summarizes together. */
const range = 128;

/**
 * Summarizes the full page ranges `from …` of the token table in its index of entries. Until then a query for the tokens of some entries
 * reads each of these ranges, and a vacuum may come late. The range being filled is left out, because each of its rows would update the
 * summary. Run as owner; repeatable.
 * @returns the first range that is not full; `from` if a vacuum is running, which does the same
 */
export async function summarizeEntries(owner: Pool, from: number): Promise<number> {
  const size = `pg_relation_size('audit_subject') / (${range} * current_setting('block_size')::int)`;
  const { rows } = await owner.query<{ full: string }>(`SELECT ${size} AS full`);
  const full = Number(rows[0]?.full);
  if (full <= from) return full;
  try {
    await withTransaction(owner, async (transaction) => {
      // waiting for a vacuum would cancel it
      await transaction.query('LOCK TABLE audit_subject IN SHARE UPDATE EXCLUSIVE MODE NOWAIT');
      await transaction.query(
        `SELECT brin_summarize_range('audit_subject_idx', n * ${range}) FROM generate_series($1::bigint, $2::bigint - 1) AS n`,
        [from, full],
      );
    });
  } catch (error) {
    if (failureOf(error) === 'lock_timeout') return from;
    throw error;
  }
  return full;
}
