/** SQL of subscriptions, and of the events that one reads. */
import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Knex } from 'knex';
import {
  byDepartment,
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { FilterTerm } from '../../../../policies/decision.ts';
import { Problem } from '../../../../terms/problem.ts';

/** What is checked of a subscription each time that events leave. */
export interface SubscriptionTerms {
  readonly topic: string;
  /** types of the topic, sorted; at least one */
  readonly types: readonly string[];
  readonly agreement: string;
  readonly purpose: string;
  readonly onBehalfOf: string | null;
  readonly matter: string | null;
  readonly filter: readonly FilterTerm[];
}

export interface SubscriptionRow extends SubscriptionTerms {
  /** uuid version 7: the exchange that made it */
  readonly id: string;
  /** the consumer */
  readonly department: string;
  /** owner of the topic */
  readonly publisher: string;
  /** field of the topic that orders its events; it never changes */
  readonly orderingKey: string | null;
  /** number of the event up to which the consumer has acknowledged all */
  readonly acknowledged: bigint;
  /** Unix milliseconds */
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  /** the hub delivers to a webhook; otherwise the consumer fetches events */
  readonly hasWebhook: boolean;
}

type Stored = Omit<SubscriptionRow, 'acknowledged' | 'createdAt' | 'endedAt'> & {
  readonly acknowledged: string;
  readonly created: string;
  readonly ended: string | null;
};

const columns = `s.id, s.department, t.department AS publisher, t.ordering_key AS "orderingKey", s.topic, s.types, s.agreement, s.purpose, s.on_behalf_of AS "onBehalfOf",
  s.matter, s.filter, s.acknowledged, ${momentOf('s.created_at')} AS created, ${momentOf('s.ended_at')} AS ended,
  EXISTS (SELECT 1 FROM webhook AS w WHERE w.subscription = s.id) AS "hasWebhook"`;
const from = 'subscription AS s JOIN topic AS t ON t.id = s.topic';

const readRow = ({ acknowledged, created, ended, ...row }: Stored): SubscriptionRow => ({
  ...row,
  acknowledged: BigInt(acknowledged),
  createdAt: readMoment(created),
  endedAt: ended === null ? undefined : readMoment(ended),
});

/** @returns undefined where there is none, or where its row was changed by others than the hub */
export async function subscriptionById(reader: Reader, id: string): Promise<SubscriptionRow | undefined> {
  const rows = await sealedRows<Stored>(
    reader,
    ['subscription', 's'],
    `SELECT ${columns} FROM ${from} WHERE s.id = $1`,
    [id],
  );
  return rows.map(readRow)[0];
}

export interface ListedSubscription extends SubscriptionRow {
  /** Unix milliseconds; null: it is to one topic. Of a pattern, `topic` is the pattern; publisher and agreement are empty */
  readonly beginsAt: number | null;
}

/** The condition that a pattern matches the id of a topic. `*` is its only wildcard: `_` is escaped, and neither has a `%`. */
export const matchedId = (id: string, pattern: string): string =>
  `${id} LIKE replace(replace(${pattern}, '_', '\\_'), '*', '%')`;

type StoredListed = Stored & { readonly pattern: string | null; readonly begins: string | null };

/** @param departments consumers, or publishers of a topic that is subscribed to, also by a pattern; absent: all */
export async function pageSubscriptions(
  reader: Reader,
  { departments, ...page }: OrderedPage & { readonly departments: readonly string[] | undefined },
): Promise<PageRows<ListedSubscription>> {
  const list = {
    columns: `${columns}, s.pattern, ${momentOf('s.begins_at')} AS begins`,
    from: 'subscription AS s LEFT JOIN topic AS t ON t.id = s.topic',
    order,
    permit: (rows: Knex.QueryBuilder): void => {
      if (departments === undefined) return;
      const own = [...departments];
      rows.whereRaw(
        `(s.department = ANY (?::text[]) OR t.department = ANY (?::text[]) OR s.pattern IS NOT NULL AND EXISTS (
           SELECT FROM topic AS m WHERE m.department = ANY (?::text[]) AND ${matchedId('m.id', 's.pattern')}))`,
        [own, own, own],
      );
    },
  };
  return pageRows(reader, list, page, ({ pattern, begins, ...stored }: StoredListed) => {
    const row = { ...readRow(stored), beginsAt: readMomentOrNull(begins) };
    return pattern === null ? row : { ...row, topic: pattern, publisher: '', agreement: '' };
  });
}

/** By id they are in the order in which they were made. */
const order: ListOrder = {
  table: 'subscription',
  alias: 's',
  id: ['id'],
  sorts: {
    created: itself,
    topic: (row) => [`coalesce(${row}.topic, ${row}.pattern)`],
    department: (row) => [byDepartment(`${row}.department`)],
  },
  usual: 'created',
};

/** Subscriptions of one department at a time. */
const maxActive = 100;

/** @param reader outside of a transaction @throws Problem subscriptions_full */
export async function refuseFull(reader: Reader, department: string): Promise<void> {
  if ((await countActive(reader, department)) >= maxActive)
    throw new Problem('subscriptions_full', { most: maxActive });
}

/** As `refuseFull`, in the transaction that adds one: those that begin at once are counted one after another. */
export async function refuseFullInTurn(transaction: Transaction, department: string): Promise<void> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended('subscriptions ' || $1, 0))", [
    department,
  ]);
  await refuseFull(transaction, department);
}

/** Subscriptions of a department that have not ended. */
async function countActive(reader: Reader, department: string): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    'SELECT count(*) AS count FROM subscription WHERE department = $1 AND ended_at IS NULL',
    [department],
  );
  return Number(rows[0]?.count ?? 0);
}

/** Departments that are subscribed to any of these types, also by a pattern of topics. */
export async function subscribersOf(reader: Reader, types: readonly string[]): Promise<string[]> {
  const { rows } = await reader.query<{ department: string }>(
    `SELECT DISTINCT s.department FROM subscription AS s
      WHERE s.ended_at IS NULL AND (s.types && $1::text[] OR EXISTS (
        SELECT FROM topic_type AS y WHERE y.type = ANY ($1::text[]) AND ${matchedId('y.topic', 's.pattern')}))`,
    [types],
  );
  return rows.map(({ department }) => department);
}

/** Where a subscription begins: after all events, before all of them, or before those stored since a moment (Unix milliseconds). */
export type Start = 'now' | 'oldest' | number;

/** @param exchange log entry that makes it, and its id */
export async function insertSubscription(
  transaction: Transaction,
  exchange: string,
  department: string,
  terms: SubscriptionTerms,
  start: Start,
): Promise<void> {
  const begins =
    start === 'now'
      ? '(SELECT last_sequence FROM topic WHERE id = $3)'
      : start === 'oldest'
        ? '0'
        : `coalesce((SELECT max(sequence) FROM event WHERE topic = $3 AND stored_at < ${momentAt('$10')}), 0)`;
  await transaction.query(
    `INSERT INTO subscription (id, department, topic, types, agreement, purpose, on_behalf_of, matter, filter, acknowledged)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, ${begins})`,
    [
      ...[exchange, department, terms.topic, terms.types, terms.agreement, terms.purpose],
      ...[terms.onBehalfOf, terms.matter, JSON.stringify(terms.filter)],
      ...(typeof start === 'number' ? [start] : []),
    ],
  );
}

/** Never back. */
export async function acknowledge(transaction: Transaction, id: string, upTo: bigint): Promise<void> {
  await transaction.query('UPDATE subscription SET acknowledged = greatest(acknowledged, $2) WHERE id = $1', [
    id,
    String(upTo),
  ]);
}

/** @returns false where it has ended before */
export async function endSubscriptionRow(
  transaction: Transaction,
  id: string,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'UPDATE subscription SET ended_at = now(), ended_by = $2 WHERE id = $1 AND ended_at IS NULL',
    [id, exchange],
  );
  return rowCount === 1;
}

/** Topics that have events after a number. @param waited topic → number @returns ids */
export async function topicsBehind(reader: Reader, waited: ReadonlyMap<string, bigint>): Promise<string[]> {
  const { rows } = await reader.query<{ id: string }>(
    `SELECT t.id FROM unnest($1::text[], $2::bigint[]) AS w (id, after) JOIN topic AS t ON t.id = w.id
      WHERE t.last_sequence > w.after`,
    [[...waited.keys()], [...waited.values()].map(String)],
  );
  return rows.map(({ id }) => id);
}
