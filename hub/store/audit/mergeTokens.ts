import type { Reader } from '../database/reader.ts';

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
