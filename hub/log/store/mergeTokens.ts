import type { Pool } from '../../platform/database/database.ts';
import { failureOf } from '../../platform/database/failure.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { withTransaction } from '../../platform/database/transaction.ts';

/**
 * Merges what is new into the index of tokens; appends go on meanwhile. Run as owner; repeatable.
 * @returns pages that were merged
 */
export async function mergeTokens(owner: Reader): Promise<number> {
  const { rows } = await owner.query<{ pages: string }>(
    "SELECT gin_clean_pending_list('audit_subject_tokens') AS pages",
  );
  return Number(rows[0]?.pages);
}

/** Pages that the index of entries tells of together. */
const range = 128;

/**
 * Notes which entries the full stretches `from …` of the table of tokens are about: until then whoever asks for those of some entries reads
 * each of these stretches, and a vacuum may be long in coming. What is being filled is left out, as each row of it would be noted by itself.
 * Run as owner; repeatable.
 * @returns the first stretch that is not full; `from` where a vacuum is at it, which does the same
 */
export async function summarizeEntries(owner: Pool, from: number): Promise<number> {
  const size = `pg_relation_size('audit_subject') / (${range} * current_setting('block_size')::int)`;
  const { rows } = await owner.query<{ full: string }>(`SELECT ${size} AS full`);
  const full = Number(rows[0]?.full);
  if (full <= from) return full;
  try {
    await withTransaction(owner, async (transaction) => {
      // a vacuum that is waited for would be ended
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
