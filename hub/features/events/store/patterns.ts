/** SQL of subscriptions to a pattern of topics. The position of each topic is stored once something of it was acknowledged. */
import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { matchedId } from './subscriptions.ts';

/** A subscription to a pattern, as it was signed. */
export interface PatternTerms {
  /** `*` matches any characters in the id of a topic */
  readonly pattern: string;
  readonly purpose: string;
  readonly onBehalfOf: string | null;
  readonly matter: string | null;
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
    `SELECT s.id, s.department, s.pattern, s.purpose, s.on_behalf_of AS "onBehalfOf", s.matter,
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
  { pattern, purpose, onBehalfOf, matter, beginsAt }: PatternTerms,
): Promise<void> {
  await transaction.query(
    `INSERT INTO subscription (id, department, pattern, types, purpose, on_behalf_of, matter, filter, acknowledged, begins_at)
     VALUES ($1, $2, $3, '{}', $4, $5, $6, '[]', 0, ${momentAt('$7')})`,
    [exchange, department, pattern, purpose, onBehalfOf, matter, beginsAt],
  );
}

/** A topic that a pattern matches, and where its consumer is in it. */
export interface MatchedTopic {
  readonly id: string;
  readonly publisher: string;
  readonly orderingKey: string | null;
  readonly types: readonly string[];
  /** number of the event up to which the consumer has acknowledged all */
  readonly acknowledged: bigint;
  /** number of its newest event */
  readonly newest: bigint;
}

/** By id. @param most topics, at most */
export async function matchedTopics(
  reader: Reader,
  { id, pattern, beginsAt }: Pick<PatternRow, 'id' | 'pattern' | 'beginsAt'>,
  most: number,
): Promise<readonly MatchedTopic[]> {
  const { rows } = await reader.query<
    Omit<MatchedTopic, 'acknowledged' | 'newest'> & { readonly acknowledged: string; readonly newest: string }
  >(
    `SELECT t.id, t.department AS publisher, t.ordering_key AS "orderingKey", t.last_sequence AS newest,
            (SELECT array_agg(y.type ORDER BY y.type) FROM topic_type AS y WHERE y.topic = t.id) AS types,
            coalesce(p.acknowledged,
              (SELECT max(e.sequence) FROM event AS e WHERE e.topic = t.id AND e.stored_at < ${momentAt('$3')}), 0) AS acknowledged
       FROM topic AS t LEFT JOIN pattern_position AS p ON p.topic = t.id AND p.subscription = $1
      WHERE ${matchedId('t.id', '$2')} ORDER BY t.id LIMIT $4`,
    [id, pattern, beginsAt, most],
  );
  return rows.map(({ acknowledged, newest, ...row }) => ({
    ...row,
    acknowledged: BigInt(acknowledged),
    newest: BigInt(newest),
  }));
}

/** Never back, and nothing for a subscription that ended. */
export async function acknowledgeTopic(
  transaction: Transaction,
  subscription: string,
  topic: string,
  upTo: bigint,
): Promise<void> {
  await transaction.query(
    `INSERT INTO pattern_position AS p (subscription, topic, acknowledged)
     SELECT id, $2::text, $3::bigint FROM subscription WHERE id = $1 AND ended_at IS NULL FOR SHARE
     ON CONFLICT (subscription, topic) DO UPDATE SET acknowledged = greatest(p.acknowledged, excluded.acknowledged)`,
    [subscription, topic, String(upTo)],
  );
}

/** The positions of a subscription that ended. */
export async function dropPositions(transaction: Transaction, subscription: string): Promise<void> {
  await transaction.query('DELETE FROM pattern_position WHERE subscription = $1', [subscription]);
}
