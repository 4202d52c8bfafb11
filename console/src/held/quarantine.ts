/** Rows that failed, as the hub returns them to their sender. */
import type { BadRow, Source } from '../../../terms/badRowsFile.ts';
import { get } from '../api/call.ts';

export interface FailedRow extends BadRow {
  /** place among the failed rows of the batch, from 1 */
  readonly nth: number;
}

export interface FailedPage {
  readonly bad: number;
  readonly rows: readonly FailedRow[];
  /** `after` of the next page */
  readonly next: number | undefined;
  readonly source: Source | undefined;
}

export async function failedPage(batch: string, after: string, limit: number): Promise<FailedPage> {
  const page = await get('/v1/batches/{batch}/quarantine', {
    at: { batch },
    query: { after, limit: String(limit) },
  });
  return { bad: page.bad, rows: page.rows, next: page.next, source: page.source };
}

/** All failed rows that the hub has stored. */
export async function allFailed(batch: string): Promise<FailedPage> {
  const first = await failedPage(batch, '', 1_000);
  const rows = [...first.rows];
  let { next } = first;
  while (next !== undefined) {
    const page = await failedPage(batch, String(next), 1_000);
    rows.push(...page.rows);
    next = page.next;
  }
  return { ...first, rows, next: undefined };
}
