/** SQL of subscriptions to a pattern of topics, and of the consumer's position in each type of event. */
import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { FilterTerm } from '../../../../policies/decision.ts';
import { matchedId } from './subscriptions.ts';

/** A subscription to a pattern, as it was signed. */
export interface PatternTerms {
  /** `*` matches any characters in the id of a topic */
  readonly pattern: string;
  readonly purpose: string;
  readonly onBehalfOf: string | null;
  readonly matter: string | null;
  readonly filter: readonly FilterTerm[];
  /** Unix milliseconds: events stored since then */
  readonly beginsAt: number;
}

export interface PatternRow extends PatternTerms {
  /** uuid version 7: the exchange that made it */
  readonly id: string;
  /** the consumer */
  readonly department: string;
  /** Unix milliseconds */
  readonly createdAt: number;
  readonly endedAt: number | undefined;
}

type Stored = Omit<PatternRow, 'beginsAt' | 'createdAt' | 'endedAt'> & {
  readonly begins: string;
  readonly created: string;
  readonly ended: string | null;
};

/** @returns undefined where there is none, or where its row was changed by others than the hub */
export async function patternById(reader: Reader, id: string): Promise<PatternRow | undefined> {
  const rows = await sealedRows<Stored>(
    reader,
    ['subscription', 's'],
    `SELECT s.id, s.department, s.pattern, s.purpose, s.on_behalf_of AS "onBehalfOf", s.matter, s.filter,
            ${momentOf('s.begins_at')} AS begins, ${momentOf('s.created_at')} AS created, ${momentOf('s.ended_at')} AS ended
       FROM subscription AS s WHERE s.id = $1 AND s.pattern IS NOT NULL`,
    [id],
  );
  return rows.map(({ begins, created, ended, ...row }) => ({
    ...row,
    beginsAt: readMoment(begins),
    createdAt: readMoment(created),
    endedAt: readMomentOrNull(ended) ?? undefined,
  }))[0];
}

/** @param exchange log entry that makes it, and its id */
export async function insertPattern(
  transaction: Transaction,
  exchange: string,
  department: string,
  { pattern, purpose, onBehalfOf, matter, filter, beginsAt }: PatternTerms,
): Promise<void> {
  await transaction.query(
    `INSERT INTO subscription (id, department, pattern, types, purpose, on_behalf_of, matter, filter, acknowledged, begins_at)
     VALUES ($1, $2, $3, '{}', $4, $5, $6, $7, 0, ${momentAt('$8')})`,
    [exchange, department, pattern, purpose, onBehalfOf, matter, JSON.stringify(filter), beginsAt],
  );
}

/** A type of a topic that a pattern matches, and where the consumer is in it. */
interface MatchedType {
  readonly type: string;
  /** names its position in cursors; null before the first call that searched for events of the topic */
  readonly position: string | null;
  /** number of the event up to which the consumer has acknowledged all of this type */
  readonly acknowledged: bigint;
}

/** A topic that a pattern matches. */
export interface MatchedTopic {
  readonly id: string;
  readonly publisher: string;
  readonly orderingKey: string | null;
  /** by id */
  readonly types: readonly MatchedType[];
  /** number of its newest event */
  readonly newest: bigint;
}

/** By id. */
export async function matchedTopics(
  reader: Reader,
  { id, pattern }: Pick<PatternRow, 'id' | 'pattern'>,
): Promise<readonly MatchedTopic[]> {
  const { rows } = await reader.query<
    Omit<MatchedTopic, 'types' | 'newest'> & {
      readonly newest: string;
      readonly types: readonly (Omit<MatchedType, 'acknowledged'> & { readonly acknowledged: string })[];
    }
  >(
    `SELECT t.id, t.department AS publisher, t.ordering_key AS "orderingKey", t.last_sequence AS newest,
            json_agg(json_build_object('type', y.type, 'position', p.id::text, 'acknowledged', coalesce(p.acknowledged, 0)::text)
              ORDER BY y.type) AS types
       FROM topic AS t JOIN topic_type AS y ON y.topic = t.id
       LEFT JOIN pattern_position AS p ON p.type = y.type AND p.subscription = $1
      WHERE ${matchedId('t.id', '$2')} GROUP BY t.id ORDER BY t.id`,
    [id, pattern],
  );
  return rows.map(({ types, newest, ...row }) => ({
    ...row,
    types: types.map(({ acknowledged, ...type }) => ({ ...type, acknowledged: BigInt(acknowledged) })),
    newest: BigInt(newest),
  }));
}

/**
 * Stores a position for each matched type that has none, also of types without an agreement: what is stored from now on is not searched for
 * the start again. Nothing for a subscription that ended.
 */
export async function storeStarts(
  reader: Reader,
  { id, pattern, beginsAt }: Pick<PatternRow, 'id' | 'pattern' | 'beginsAt'>,
): Promise<void> {
  await reader.query(
    `WITH missing AS MATERIALIZED (
       SELECT y.type, y.topic FROM topic_type AS y
        WHERE ${matchedId('y.topic', '$2')} AND NOT EXISTS (
          SELECT FROM pattern_position AS p WHERE p.subscription = $1 AND p.type = y.type)),
     -- not locked where nothing is missing, as in most calls
     subscribed AS (
       SELECT id FROM subscription WHERE id = $1 AND ended_at IS NULL AND EXISTS (SELECT FROM missing) FOR SHARE),
     start AS MATERIALIZED (
       SELECT m.topic, coalesce((
                SELECT max(e.sequence) FROM event AS e WHERE e.topic = m.topic AND e.stored_at < ${momentAt('$3')}), 0) AS sequence
         FROM (SELECT DISTINCT topic FROM missing) AS m)
     INSERT INTO pattern_position (subscription, type, acknowledged)
     SELECT s.id, m.type, b.sequence FROM subscribed AS s, missing AS m JOIN start AS b ON b.topic = m.topic
     ON CONFLICT DO NOTHING`,
    [id, pattern, beginsAt],
  );
}

/** A type that was received or searched up to an event. */
export interface ReachedType {
  /** names its position */
  readonly position: string;
  /** number of the event */
  readonly upTo: bigint;
}

/** Stores how far the consumer is. Never back. @param reached a position may occur more than once: the largest number counts */
export async function acknowledgeTypes(
  transaction: Transaction,
  subscription: string,
  reached: readonly ReachedType[],
): Promise<void> {
  if (reached.length === 0) return;
  await transaction.query(
    `UPDATE pattern_position AS p SET acknowledged = one.up_to
       FROM (SELECT id, max(up_to) AS up_to FROM unnest($2::bigint[], $3::bigint[]) AS all_of (id, up_to) GROUP BY id) AS one
      WHERE p.subscription = $1 AND p.id = one.id AND p.acknowledged < one.up_to`,
    [subscription, reached.map(({ position }) => position), reached.map(({ upTo }) => String(upTo))],
  );
}

/** The positions of a subscription that ended. */
export async function dropPositions(transaction: Transaction, subscription: string): Promise<void> {
  await transaction.query('DELETE FROM pattern_position WHERE subscription = $1', [subscription]);
}
