/** Feeds of changes: how far each has come, and the answer that waits to be acknowledged. */
import type { Reader } from '../../../../platform/database/reader.ts';
import type { Transaction } from '../../../../platform/database/transaction.ts';
import type { Change } from './heldRows.ts';

/** How far a round over the rows has come; JSON. */
export interface FeedPlace {
  /** digest of everything that the changes follow from, as it was when the round began */
  readonly mark: string;
  /** of that what a round has to begin again for: what the agreement says, how rows are named, the day */
  readonly terms: string;
  /** the batch that was current then */
  readonly batch: string;
  /** `rows`: whatever is new or another; `gone`: whatever the consumer holds and is there no more; `done`: in step */
  readonly phase: 'rows' | 'gone' | 'done';
  /** the last row that was looked at: its `_row`, or hex of its name */
  readonly after?: number | string;
  /** Unix milliseconds at which the next consent begins or ends */
  readonly recheck?: number;
  /**
   * Of a first copy that came as a stream, until it is acknowledged. `first`: nothing was held before it; `again`: what is held may be gone;
   * `whole`: all of it left.
   */
  readonly copy?: 'first' | 'again' | 'whole';
}

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
  /** the feed as the answer found it; undefined where it begins, for the first time or anew */
  readonly found: Feed | undefined;
  /** the feed that is begun anew */
  readonly left: Feed | undefined;
  /** the exchange of this answer */
  readonly exchange: string;
  /** whether the consumer acknowledged the answer before this one */
  readonly acknowledges: boolean;
  /** where the round began for this answer, and how far it has come with it */
  readonly from: FeedPlace;
  readonly to: FeedPlace;
  readonly changes: readonly Change[];
  /** Unix milliseconds */
  readonly now: number;
}

/** Keeps an answer in the transaction of its entry. @returns false where another answer of the feed came in between */
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
  const { counter, department, dataset, found, left, exchange, acknowledges, from, to, now } = answer;
  const places = [JSON.stringify(from), JSON.stringify(to)];
  if (found === undefined && left === undefined) {
    const { rowCount } = await transaction.query(
      `INSERT INTO change_feed (counter, id, department, dataset, turn, place, told, told_place, asked_at)
       VALUES ($1, $2, $3, $4, 1, $5, $2, $6, $7) ON CONFLICT (counter) DO NOTHING`,
      [counter, feed, department, dataset, ...places, new Date(now)],
    );
    return rowCount === 1;
  }
  const turn = (found ?? left)?.turn;
  const acknowledged = acknowledges ? found?.told : found?.acknowledged;
  const { rowCount } = await transaction.query(
    `UPDATE change_feed SET id = $3, turn = turn + 1, acknowledged = $4, place = $5, told = $6, told_place = $7, asked_at = $8
      WHERE counter = $1 AND turn = $2`,
    [counter, turn, feed, acknowledged ?? null, places[0], exchange, places[1], new Date(now)],
  );
  if (left !== undefined) await leaveFeed(transaction, left.id);
  return rowCount === 1;
}

export interface CopyBegun {
  readonly counter: string;
  readonly department: string;
  readonly dataset: string;
  /** of the stream, and of the feed that begins with it */
  readonly exchange: string;
  readonly place: FeedPlace;
  /** Unix milliseconds */
  readonly now: number;
}

/** Begins a feed whose first copy comes as a stream. What the feed held before is left. */
export async function beginCopy(
  transaction: Transaction,
  { counter, department, dataset, exchange, place, now }: CopyBegun,
): Promise<void> {
  const { rows } = await transaction.query<{ left: string | null }>(
    `WITH old AS (SELECT id FROM change_feed WHERE counter = $1)
     INSERT INTO change_feed AS feed (counter, id, department, dataset, turn, place, told, told_place, asked_at)
     VALUES ($1, $2, $3, $4, 1, $5, $2, $5, $6)
     ON CONFLICT (counter) DO UPDATE SET id = $2, turn = feed.turn + 1, acknowledged = NULL, place = $5, told = $2, told_place = $5, asked_at = $6
     RETURNING (SELECT id FROM old) AS left`,
    [counter, exchange, department, dataset, JSON.stringify(place), new Date(now)],
  );
  const left = rows[0]?.left ?? null;
  if (left !== null) await leaveFeed(transaction, left);
}

/**
 * Resumes a copy behind one of its parts. What later parts brought may have been lost: it stays held under no digest, so it is told again, or
 * told as gone.
 * @returns where it goes on; undefined where the feed began anew or went on since
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
  }: Omit<CopyBegun, 'department' | 'dataset'> & {
    readonly feed: string;
    readonly part: number;
  },
): Promise<FeedPlace | undefined> {
  // the feed is locked first: a part of the stream that broke may be on its way into the log
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
  /** the stream that brings it */
  readonly exchange: string;
  readonly part: number;
  readonly changes: readonly Change[];
  readonly to: FeedPlace;
  /** Unix milliseconds */
  readonly now: number;
}

/** Rows of a part are held from its entry on. @returns false where the feed began anew or is resumed by another stream */
export async function holdPart(
  transaction: Transaction,
  { feed, exchange, part, changes, to, now }: CopiedPart,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE change_feed SET turn = turn + 1, place = $3, told_place = $3, asked_at = $4
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
  if (gone.length > 0)
    await transaction.query('DELETE FROM change_held WHERE feed = $1 AND row = ANY($2)', [
      feed,
      gone.map(({ row }) => Buffer.from(row, 'hex')),
    ]);
  return true;
}

/** What the newest answer told is what the consumer holds from now on. */
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

/** Feeds that nobody asked for since a moment, the oldest first. @param before Unix milliseconds */
export async function forgottenFeeds(
  reader: Reader,
  before: number,
  most: number,
): Promise<readonly { readonly id: string; readonly department: string; readonly dataset: string }[]> {
  const { rows } = await reader.query<{ id: string; department: string; dataset: string }>(
    'SELECT id, department, dataset FROM change_feed WHERE asked_at < $1 ORDER BY asked_at LIMIT $2',
    [new Date(before), most],
  );
  return rows;
}

/** @returns false where it is gone already, or was asked for again */
export async function dropFeed(transaction: Transaction, id: string, before: number): Promise<boolean> {
  const { rowCount } = await transaction.query('DELETE FROM change_feed WHERE id = $1 AND asked_at < $2', [
    id,
    new Date(before),
  ]);
  await leaveFeed(transaction, id);
  return rowCount === 1;
}

/** Of feeds that ended, a portion of what was kept. @returns whether more is left */
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
