/** Feeds of changes: the progress of each, and the answer that is not acknowledged yet. */
import type { DecisionRequest } from '../../../../../policies/decision.ts';
import type { Reader } from '../../../../platform/database/reader.ts';
import type { Transaction } from '../../../../platform/database/transaction.ts';
import type { Change } from './heldRows.ts';

/** Progress of a round over the rows; JSON. */
export interface FeedPlace {
  /** digest of everything that the changes depend on, as of the start of the round */
  readonly mark: string;
  /** the part of it that forces a restart of the round: the agreement's terms, the key of row names, the day */
  readonly terms: string;
  /** the batch that was current then */
  readonly batch: string;
  /** `rows`: new or changed rows; `gone`: rows that the consumer holds and that no longer exist for it; `done`: up to date */
  readonly phase: 'rows' | 'gone' | 'done';
  /** the last examined row: its `_row`, or hex of its name */
  readonly after?: number | string;
  /** Unix milliseconds at which the next consent starts or expires */
  readonly recheck?: number;
  /**
   * State of a streamed first copy until it is acknowledged. `first`: nothing was held before; `again`: held rows may be gone; `whole`:
   * all rows were sent.
   */
  readonly copy?: 'first' | 'again' | 'whole';
}

/** The parts of a call on which the rows of its feed depend; JSON. */
export type AskedOfFeed = Pick<DecisionRequest, 'agreement' | 'purpose' | 'onBehalfOf' | 'matter' | 'fields'>;

/** Its stored text. A search that no call requested is decided by it (searchFeeds.ts). */
const askedText = ({ agreement, purpose, onBehalfOf, matter, fields }: AskedOfFeed): string =>
  JSON.stringify({ agreement, purpose, onBehalfOf, matter, fields });

export interface Feed {
  /** the exchange that began it */
  readonly id: string;
  readonly turn: string;
  readonly acknowledged: string | null;
  readonly place: FeedPlace;
  readonly told: string;
  readonly toldPlace: FeedPlace;
}

export async function feedOf(reader: Reader, counter: string): Promise<Feed | undefined> {
  const { rows } = await reader.query<Feed>(
    'SELECT id, turn, acknowledged, place, told, told_place AS "toldPlace" FROM change_feed WHERE counter = $1',
    [counter],
  );
  return rows[0];
}

export interface FeedAnswer {
  readonly counter: string;
  readonly department: string;
  readonly dataset: string;
  readonly asked: AskedOfFeed;
  /** the feed as the answer found it; undefined where it starts, for the first time or again */
  readonly found: Feed | undefined;
  /** the feed that is replaced by the restart */
  readonly left: Feed | undefined;
  /** the exchange of this answer */
  readonly exchange: string;
  /** whether the consumer acknowledged the answer before this one */
  readonly acknowledges: boolean;
  /** where the round was before this answer, and where it is after it */
  readonly from: FeedPlace;
  readonly to: FeedPlace;
  readonly changes: readonly Change[];
  /** Unix milliseconds */
  readonly now: number;
}

/** Stores an answer in the transaction of its entry. @returns false where another answer of the feed was stored first */
export async function storeAnswer(transaction: Transaction, answer: FeedAnswer): Promise<boolean> {
  const { found, exchange, acknowledges, changes } = answer;
  const feed = found?.id ?? exchange;
  if (!(await takeTurn(transaction, answer, feed))) return false;
  if (acknowledges) await holdReported(transaction, feed);
  await transaction.query('DELETE FROM change_told WHERE feed = $1', [feed]);
  await transaction.query(
    `INSERT INTO change_told (feed, row, digest, key, subject)
     SELECT $1, row, digest, key, subject FROM unnest($2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[]) AS told (row, digest, key, subject)`,
    [
      feed,
      changes.map(({ row }) => Buffer.from(row, 'hex')),
      changes.map(({ digest }) => (digest === null ? null : Buffer.from(digest, 'hex'))),
      changes.map(({ key }) => key),
      changes.map(({ subject }) => subject),
    ],
  );
  return true;
}

async function takeTurn(transaction: Transaction, answer: FeedAnswer, feed: string): Promise<boolean> {
  const { counter, department, dataset, asked, found, left, exchange, acknowledges, from, to, now } = answer;
  const places = [JSON.stringify(from), JSON.stringify(to)];
  if (found === undefined && left === undefined) {
    const { rowCount } = await transaction.query(
      `INSERT INTO change_feed (counter, id, department, dataset, turn, place, told, told_place, asked_at, asked)
       VALUES ($1, $2, $3, $4, 1, $5, $2, $6, $7, $8) ON CONFLICT (counter) DO NOTHING`,
      [counter, feed, department, dataset, ...places, new Date(now), askedText(asked)],
    );
    return rowCount === 1;
  }
  const turn = (found ?? left)?.turn;
  const acknowledged = acknowledges ? found?.told : found?.acknowledged;
  const { rowCount } = await transaction.query(
    `UPDATE change_feed SET id = $3, turn = turn + 1, acknowledged = $4, place = $5, told = $6, told_place = $7, asked_at = $8,
            asked = $9, search_at = now(), failed_searches = 0
      WHERE counter = $1 AND turn = $2`,
    [
      counter,
      turn,
      feed,
      acknowledged ?? null,
      places[0],
      exchange,
      places[1],
      new Date(now),
      askedText(asked),
    ],
  );
  if (left !== undefined) await leaveFeed(transaction, left.id);
  return rowCount === 1;
}

export interface CopyBegun {
  readonly counter: string;
  readonly department: string;
  readonly dataset: string;
  readonly asked: AskedOfFeed;
  /** of the stream, and of the feed that starts with it */
  readonly exchange: string;
  readonly place: FeedPlace;
  /** Unix milliseconds */
  readonly now: number;
}

/** Starts a feed whose first copy is streamed. The rows held by the previous feed are abandoned. */
export async function beginCopy(
  transaction: Transaction,
  { counter, department, dataset, asked, exchange, place, now }: CopyBegun,
): Promise<void> {
  const { rows } = await transaction.query<{ left: string | null }>(
    `WITH old AS (SELECT id FROM change_feed WHERE counter = $1)
     INSERT INTO change_feed AS feed (counter, id, department, dataset, turn, place, told, told_place, asked_at, asked)
     VALUES ($1, $2, $3, $4, 1, $5, $2, $5, $6, $7)
     ON CONFLICT (counter) DO UPDATE SET id = $2, turn = feed.turn + 1, acknowledged = NULL, place = $5, told = $2, told_place = $5, asked_at = $6,
       asked = $7, search_at = now(), failed_searches = 0
     RETURNING (SELECT id FROM old) AS left`,
    [counter, exchange, department, dataset, JSON.stringify(place), new Date(now), askedText(asked)],
  );
  const left = rows[0]?.left ?? null;
  if (left !== null) await leaveFeed(transaction, left);
}

/**
 * Resumes a copy after one of its parts. The consumer may have lost the later parts: their rows, also those reported as gone, are stored
 * without a digest and without a part. The resumed copy reports each of them again, with its content or as gone.
 * @returns where it continues; undefined where the feed restarted or moved on since
 */
export async function resumeCopy(
  transaction: Transaction,
  {
    counter,
    feed,
    part,
    exchange,
    place,
    now,
  }: Omit<CopyBegun, 'department' | 'dataset' | 'asked'> & {
    readonly feed: string;
    readonly part: number;
  },
): Promise<FeedPlace | undefined> {
  // locks the feed first: a part of the interrupted stream may be on its way into the log
  const { rowCount } = await transaction.query(
    `UPDATE change_feed SET turn = turn + 1, told = $3, asked_at = $4 WHERE counter = $1 AND id = $2 AND acknowledged IS NULL`,
    [counter, feed, exchange, new Date(now)],
  );
  if (rowCount !== 1) return undefined;
  const { rowCount: lost } = await transaction.query(
    `UPDATE change_held SET digest = '', part = NULL WHERE feed = $1 AND part > $2`,
    [feed, part],
  );
  const resumed: FeedPlace =
    lost === 0 ? place : { ...place, copy: place.copy === 'whole' ? 'whole' : 'again' };
  await transaction.query('UPDATE change_feed SET place = $2, told_place = $2 WHERE counter = $1', [
    counter,
    JSON.stringify(resumed),
  ]);
  return resumed;
}

export interface CopiedPart {
  readonly feed: string;
  /** the exchange of the stream */
  readonly exchange: string;
  readonly part: number;
  readonly changes: readonly Change[];
  readonly to: FeedPlace;
  /** Unix milliseconds */
  readonly now: number;
}

/**
 * Records the rows of a part as held from its entry on. A part does not increase `turn`. Otherwise a call that restarts the feed during a
 * copy would fail at each further part.
 * @returns false where the feed restarted or another stream resumed it
 */
export async function holdPart(
  transaction: Transaction,
  { feed, exchange, part, changes, to, now }: CopiedPart,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE change_feed SET place = $3, told_place = $3, asked_at = $4
      WHERE id = $1 AND told = $2 AND acknowledged IS NULL`,
    [feed, exchange, JSON.stringify(to), new Date(now)],
  );
  if (rowCount !== 1) return false;
  const put = changes.filter(({ digest }) => digest !== null);
  const gone = changes.filter(({ digest }) => digest === null);
  await transaction.query(
    `INSERT INTO change_held (feed, row, digest, key, subject, part)
     SELECT $1, row, digest, key, subject, $6 FROM unnest($2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[]) AS told (row, digest, key, subject)
     ON CONFLICT (feed, row) DO UPDATE SET digest = excluded.digest, key = excluded.key, subject = excluded.subject, part = excluded.part`,
    [
      feed,
      put.map(({ row }) => Buffer.from(row, 'hex')),
      put.map(({ digest }) => Buffer.from(digest ?? '', 'hex')),
      put.map(({ key }) => key),
      put.map(({ subject }) => subject),
      part,
    ],
  );
  // They stay, so that a copy that resumes before this part reports them again. The round after the copy deletes them (round.ts).
  if (gone.length > 0)
    await transaction.query(
      `UPDATE change_held SET digest = '', part = $3 WHERE feed = $1 AND row = ANY($2)`,
      [feed, gone.map(({ row }) => Buffer.from(row, 'hex')), part],
    );
  return true;
}

/** Records the changes of the newest answer as held by the consumer. */
async function holdReported(transaction: Transaction, feed: string): Promise<void> {
  await transaction.query(
    `INSERT INTO change_held (feed, row, digest, key, subject)
     SELECT feed, row, digest, key, subject FROM change_told WHERE feed = $1 AND digest IS NOT NULL
     ON CONFLICT (feed, row) DO UPDATE SET digest = excluded.digest, key = excluded.key, subject = excluded.subject, part = NULL`,
    [feed],
  );
  await transaction.query(
    `DELETE FROM change_held AS held USING change_told AS told
      WHERE held.feed = $1 AND told.feed = $1 AND told.row = held.row AND told.digest IS NULL`,
    [feed],
  );
}

const leaveFeed = (transaction: Transaction, feed: string): Promise<unknown> =>
  transaction.query('INSERT INTO change_feed_left (feed) VALUES ($1) ON CONFLICT DO NOTHING', [feed]);

/** Feeds without a request since a moment, the oldest first. @param before Unix milliseconds */
export async function forgottenFeeds(
  reader: Reader,
  before: number,
  maxRows: number,
): Promise<readonly { readonly id: string; readonly department: string; readonly dataset: string }[]> {
  const { rows } = await reader.query<{ id: string; department: string; dataset: string }>(
    'SELECT id, department, dataset FROM change_feed WHERE asked_at < $1 ORDER BY asked_at LIMIT $2',
    [new Date(before), maxRows],
  );
  return rows;
}

/** @returns false where it no longer exists, or was requested again */
export async function dropFeed(transaction: Transaction, id: string, before: number): Promise<boolean> {
  const { rowCount } = await transaction.query('DELETE FROM change_feed WHERE id = $1 AND asked_at < $2', [
    id,
    new Date(before),
  ]);
  await leaveFeed(transaction, id);
  return rowCount === 1;
}

/** Deletes a portion of the stored rows of ended feeds. @returns whether more are left */
export async function clearLeftFeeds(reader: Reader, portion: number): Promise<boolean> {
  const { rows } = await reader.query<{ feed: string }>('SELECT feed FROM change_feed_left LIMIT 1');
  const [left] = rows;
  if (left === undefined) return false;
  await reader.query('DELETE FROM change_told WHERE feed = $1', [left.feed]);
  const { rowCount } = await reader.query(
    'DELETE FROM change_held WHERE feed = $1 AND row IN (SELECT row FROM change_held WHERE feed = $1 LIMIT $2)',
    [left.feed, portion],
  );
  if ((rowCount ?? 0) < portion)
    await reader.query('DELETE FROM change_feed_left WHERE feed = $1', [left.feed]);
  return true;
}
