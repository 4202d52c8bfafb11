/** SQL of topics and their types. */
import { momentOf, narrowed, readMoment } from '../../../platform/database/values.ts';
import type { Knex } from 'knex';
import {
  byDepartment,
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';

export interface TopicRow {
  readonly id: string;
  readonly department: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly orderingKey: string | null;
  readonly retentionDays: number;
  /** hex SHA-256 of the canonical registration, as it is now */
  readonly digest: string;
  /** ids of datasets with mode `events`, sorted */
  readonly types: readonly string[];
}

export interface ListedTopic extends TopicRow {
  /** number of the newest event */
  readonly lastSequence: number;
  /** Unix milliseconds */
  readonly registeredAt: number;
}

const columns = `t.id, t.department, t.title_zh AS "titleZh", t.title_en AS "titleEn", t.ordering_key AS "orderingKey",
  t.retention_days AS "retentionDays", t.digest, t.last_sequence AS "lastSequence", ${momentOf('t.registered_at')} AS registered,
  (SELECT array_agg(y.type ORDER BY y.type) FROM topic_type AS y WHERE y.topic = t.id) AS types`;

type Stored = Omit<ListedTopic, 'lastSequence' | 'registeredAt'> & {
  readonly lastSequence: string;
  readonly registered: string;
};

const readTopic = ({ lastSequence, registered, ...row }: Stored): ListedTopic => ({
  ...row,
  lastSequence: Number(lastSequence),
  registeredAt: readMoment(registered),
});

export async function topicById(reader: Reader, id: string): Promise<ListedTopic | undefined> {
  const { rows } = await reader.query<Stored>(`SELECT ${columns} FROM topic AS t WHERE t.id = $1`, [id]);
  return rows.map(readTopic)[0];
}

export async function pageTopics(
  reader: Reader,
  { department, ...page }: OrderedPage & { readonly department: string | undefined },
): Promise<PageRows<ListedTopic>> {
  const narrow = (rows: Knex.QueryBuilder): void => void narrowed(rows, { 't.department': department });
  return pageRows(reader, { columns, from: 'topic AS t', order, narrow }, page, readTopic);
}

const order: ListOrder = {
  table: 'topic',
  alias: 't',
  id: ['id'],
  sorts: { id: itself, department: (row) => [byDepartment(`${row}.department`)] },
  usual: 'id',
};

/**
 * Events stored in each of the last 24 hours, the oldest hour first, by topic. Events of a topic are numbered without gaps, so two numbers
 * make a count: it takes one step of an index for each hour, however many events there are.
 */
export async function topicTraffic(
  reader: Reader,
  topics: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  if (topics.length === 0) return new Map();
  const { rows } = await reader.query<{ id: string; marks: readonly string[] }>(
    `SELECT t.id, array_agg(coalesce(before.sequence, oldest.sequence - 1, t.last_sequence)::text ORDER BY hour) AS marks
       FROM topic AS t CROSS JOIN generate_series(0, 24) AS hour
       LEFT JOIN LATERAL (SELECT e.sequence FROM event AS e
         WHERE e.topic = t.id AND e.stored_at <= now() - make_interval(hours => 24 - hour)
         ORDER BY e.stored_at DESC, e.sequence DESC LIMIT 1) AS before ON true
       LEFT JOIN LATERAL (SELECT e.sequence FROM event AS e WHERE e.topic = t.id ORDER BY e.sequence LIMIT 1) AS oldest ON true
      WHERE t.id = ANY ($1) GROUP BY t.id`,
    [topics],
  );
  return new Map(
    rows.map(({ id, marks }) => [
      id,
      marks.slice(1).map((mark, nth) => Math.max(0, Number(mark) - Number(marks[nth]))),
    ]),
  );
}

/** @param exchange log entry that registers it. @throws a duplicate where it, or one of its types, is there by now */
export async function insertTopic(transaction: Transaction, row: TopicRow, exchange: string): Promise<void> {
  await transaction.query(
    `INSERT INTO topic (id, department, title_zh, title_en, ordering_key, retention_days, digest, registered_by, decided_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
    [
      ...[row.id, row.department, row.titleZh, row.titleEn, row.orderingKey, row.retentionDays],
      ...[row.digest, exchange],
    ],
  );
  await insertTypes(transaction, row);
}

/** Replaces title, retention and digest, and adds types. @param read digest as it was read @returns false where it changed meanwhile */
export async function changeTopic(
  transaction: Transaction,
  row: TopicRow,
  read: string,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE topic SET title_zh = $3, title_en = $4, retention_days = $5, digest = $6, decided_by = $7
      WHERE id = $1 AND digest = $2`,
    [row.id, read, row.titleZh, row.titleEn, row.retentionDays, row.digest, exchange],
  );
  if (rowCount !== 1) return false;
  await insertTypes(transaction, row);
  return true;
}

/** Types that the topic has already stay as they are; one of another topic is a duplicate. */
async function insertTypes(
  transaction: Transaction,
  { id, types }: Pick<TopicRow, 'id' | 'types'>,
): Promise<void> {
  await transaction.query(
    `INSERT INTO topic_type (type, topic) SELECT one, $1 FROM unnest($2::text[]) AS one
      WHERE NOT EXISTS (SELECT 1 FROM topic_type WHERE type = one AND topic = $1)`,
    [id, types],
  );
}
