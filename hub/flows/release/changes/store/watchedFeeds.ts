/** Feeds that the hub searches for changes by itself, to notify their consumers. */
import type { Reader } from '../../../../platform/database/reader.ts';
import type { Transaction } from '../../../../platform/database/transaction.ts';
import { momentAt } from '../../../../platform/database/values.ts';
import type { AskedOfFeed, Feed } from './feeds.ts';

/** What the newest search without a change was based on. */
export interface SearchedFeed {
  /** digest of the agreement's terms, the rows, the deletions, the consents and the day */
  readonly basis: string;
  /** Unix milliseconds at which a consent starts or expires: then it is searched again in any case */
  readonly recheck?: number | undefined;
}

export interface WatchedFeed extends Pick<Feed, 'id' | 'turn' | 'toldPlace'> {
  readonly counter: string;
  readonly department: string;
  readonly dataset: string;
  readonly asked: AskedOfFeed;
  readonly searched: SearchedFeed | null;
  /** searches that failed one after the other */
  readonly failed: number;
}

/**
 * Feeds of departments whose consumer took the newest answer to its end and was not notified since, by counter. A first copy that is still
 * under way is none of them.
 * @param now Unix milliseconds
 */
export async function feedsToSearch(
  reader: Reader,
  departments: readonly string[],
  { after, maxRows, now }: { readonly after: string; readonly maxRows: number; readonly now: number },
): Promise<readonly WatchedFeed[]> {
  const { rows } = await reader.query<WatchedFeed>(
    `SELECT counter, id, department, dataset, turn, told_place AS "toldPlace", asked, searched, failed_searches AS failed
       FROM change_feed
      WHERE department = ANY ($1::text[]) AND counter > $2 AND asked IS NOT NULL AND search_at <= ${momentAt('$4')}
        AND noticed_turn IS DISTINCT FROM turn
        AND told_place->>'phase' = 'done' AND coalesce(told_place->>'copy', 'whole') = 'whole'
      ORDER BY counter LIMIT $3`,
    [departments, after, maxRows, now],
  );
  return rows;
}

type Found = Pick<WatchedFeed, 'counter' | 'turn'>;

/** Nothing changed for the consumer. */
export async function storeSearch(
  reader: Reader,
  { counter, turn }: Found,
  searched: SearchedFeed,
): Promise<void> {
  await reader.query(
    'UPDATE change_feed SET searched = $3, failed_searches = 0 WHERE counter = $1 AND turn = $2',
    [counter, turn, JSON.stringify(searched)],
  );
}

/** @param until Unix milliseconds: no search before */
export async function postponeSearch(reader: Reader, { counter, turn }: Found, until: number): Promise<void> {
  await reader.query(
    `UPDATE change_feed SET search_at = ${momentAt('$3')}, failed_searches = failed_searches + 1
      WHERE counter = $1 AND turn = $2`,
    [counter, turn, until],
  );
}

/** @returns false where the consumer fetched in the meantime, or was notified before */
export async function noteNotice(transaction: Transaction, { counter, turn }: Found): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE change_feed SET noticed_turn = turn, failed_searches = 0
      WHERE counter = $1 AND turn = $2 AND noticed_turn IS DISTINCT FROM turn`,
    [counter, turn],
  );
  return rowCount === 1;
}
