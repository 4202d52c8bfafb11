/** SQL of dead letters: events that a webhook did not take in time. */
import type { Knex } from 'knex';
import {
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { runAmong, type StoredRun } from './events.ts';

export interface DeadLetterRow {
  readonly sequence: string;
  /** id under which the consumer gets the event */
  readonly id: string;
  readonly type: string;
  /** Unix milliseconds */
  readonly time: number;
  readonly diedAt: number;
  readonly replayedAt: number | null;
  readonly trouble: string;
  readonly state: 'dead' | 'waiting';
}

type StoredLetter = Omit<DeadLetterRow, 'time' | 'diedAt' | 'replayedAt'> & {
  readonly at: string;
  readonly died: string;
  readonly replayed: string | null;
};

/** In the order of the topic, either way. @param page its cursor is the number of an event */
export async function pageDeadLetters(
  reader: Reader,
  subscription: string,
  page: OrderedPage,
): Promise<PageRows<DeadLetterRow>> {
  const list = {
    columns: `l.sequence, e.id, e.type, ${momentOf('e.time')} AS at, ${momentOf('l.died_at')} AS died,
      ${momentOf('l.replayed_at')} AS replayed, l.trouble, l.state`,
    from: 'dead_letter AS l JOIN event AS e ON e.topic = l.topic AND e.sequence = l.sequence',
    order,
    permit: (rows: Knex.QueryBuilder): void => void rows.where('l.subscription', subscription),
  };
  return pageRows(reader, list, page, ({ at, died, replayed, ...row }: StoredLetter) => ({
    ...row,
    time: readMoment(at),
    diedAt: readMoment(died),
    replayedAt: readMomentOrNull(replayed),
  }));
}

const order: ListOrder = {
  table: 'dead_letter',
  alias: 'l',
  id: ['sequence'],
  sorts: { sequence: itself },
  usual: 'sequence',
};

/** @param at Unix milliseconds */
export async function insertDeadLetters(
  reader: Reader,
  subscription: string,
  topic: string,
  sequences: readonly bigint[],
  { trouble, at }: { readonly trouble: string; readonly at: number },
): Promise<void> {
  await reader.query(
    `INSERT INTO dead_letter (subscription, topic, sequence, state, trouble, died_at)
     SELECT $1, $2, one, 'dead', $4, ${momentAt('$5')} FROM unnest($3::bigint[]) AS one
     ON CONFLICT (subscription, sequence) DO NOTHING`,
    [subscription, topic, sequences.map(String), trouble, at],
  );
}

const chosen = (events: readonly string[] | undefined): string =>
  `l.subscription = $1 AND l.state = 'dead' AND e.topic = l.topic AND e.sequence = l.sequence
   ${events === undefined ? '' : 'AND e.id = ANY ($2::uuid[])'}`;

/** @param events ids under which the consumer gets them; absent: all */
export async function countDead(
  reader: Reader,
  subscription: string,
  events: readonly string[] | undefined,
): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    `SELECT count(*) AS count FROM dead_letter AS l, event AS e WHERE ${chosen(events)}`,
    events === undefined ? [subscription] : [subscription, events],
  );
  return Number(rows[0]?.count ?? 0);
}

/** Ids that are those of no dead letter of the subscription; one that is being sent again is a dead letter. */
export async function unknownLetters(
  reader: Reader,
  subscription: string,
  events: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await reader.query<{ id: string }>(
    `SELECT requested::text AS id FROM unnest($2::uuid[]) AS requested
      WHERE NOT EXISTS (SELECT FROM dead_letter AS l JOIN event AS e ON e.topic = l.topic AND e.sequence = l.sequence
                         WHERE l.subscription = $1 AND e.id = requested)`,
    [subscription, events],
  );
  return rows.map(({ id }) => id);
}

/** They are to be sent again. @param events ids under which the consumer gets them; absent: all */
export async function replayLetters(
  transaction: Transaction,
  subscription: string,
  events: readonly string[] | undefined,
): Promise<void> {
  await transaction.query(
    `UPDATE dead_letter AS l SET state = 'waiting', replayed_at = now() FROM event AS e WHERE ${chosen(events)}`,
    events === undefined ? [subscription] : [subscription, events],
  );
}

/** Events that are to be sent again: a run of one type, the first by number. @param maxRows events */
export const waitingRun = (
  reader: Reader,
  subscription: string,
  maxRows: number,
): Promise<StoredRun | undefined> =>
  runAmong(
    reader,
    `SELECT e.topic, e.sequence, e.type, length(e.data)
       FROM dead_letter AS l JOIN event AS e ON e.topic = l.topic AND e.sequence = l.sequence
      WHERE l.subscription = $1 AND l.state = 'waiting' ORDER BY l.sequence LIMIT $2`,
    [subscription, maxRows],
  );

/** They were taken, or must not be sent any more. */
export async function dropLetters(
  reader: Reader,
  subscription: string,
  sequences: readonly bigint[],
): Promise<void> {
  await reader.query('DELETE FROM dead_letter WHERE subscription = $1 AND sequence = ANY ($2::bigint[])', [
    subscription,
    sequences.map(String),
  ]);
}

/** Those of them that were replayed before a moment were not taken in time again. Moments are Unix milliseconds. */
export async function buryLetters(
  reader: Reader,
  subscription: string,
  sequences: readonly bigint[],
  {
    trouble,
    at,
    replayedBefore,
  }: { readonly trouble: string; readonly at: number; readonly replayedBefore: number },
): Promise<void> {
  await reader.query(
    `UPDATE dead_letter SET state = 'dead', trouble = $3, died_at = ${momentAt('$4')}
      WHERE subscription = $1 AND sequence = ANY ($2::bigint[]) AND replayed_at <= ${momentAt('$5')}`,
    [subscription, sequences.map(String), trouble, at, replayedBefore],
  );
}
