/** SQL of stored events. Only the flows of this feature import it: events hold rows of departments. */
import { createHmac, type KeyObject } from 'node:crypto';
import { datasetsHeld } from '../../../log/store/legalHolds.ts';
import { comparedTable } from '../../../platform/database/authenticated/comparedTable.ts';
import { refuseUnauthentic, sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { isSameMac } from '../../../platform/database/authenticated/seals.ts';
import { Problem } from '../../../../terms/problem.ts';
import { momentAt, momentOf, readMoment } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { withTransaction, type Transaction } from '../../../platform/database/transaction.ts';

/** An event to be stored. */
export interface NewEvent {
  /** uuid version 7, under which consumers get it */
  readonly id: string;
  readonly type: string;
  /** source, line feed, id: unique in its topic */
  readonly given: string;
  /** SHA-256 of its canonical text */
  readonly digest: Buffer;
  /** Unix milliseconds */
  readonly time: number;
  /** urn of the schema version that it was validated against */
  readonly schema: string;
  /** keyed hash of its subject; null without one */
  readonly subject: Buffer | null;
  /** JSON text */
  readonly data: string;
}

export interface KnownEvent {
  readonly id: string;
  readonly digest: Buffer;
}

/** What the MAC of a stored event covers. */
interface Covered extends Omit<NewEvent, 'time'> {
  readonly topic: string;
  /** decimal text */
  readonly sequence: string;
  /** Unix milliseconds, decimal text */
  readonly at: string;
}

/** MAC of a stored event. The database does not have the key, so a change in the database is detected before delivery. */
const macOf = (key: KeyObject, event: Covered): Buffer =>
  createHmac('sha256', key)
    .update(
      JSON.stringify([
        ...['datong event 1', event.topic, event.sequence, event.id, event.type, event.given],
        ...[event.digest.toString('hex'), event.at, event.schema, event.subject?.toString('hex') ?? null],
      ]),
    )
    .update('\n')
    .update(event.data)
    .digest();

const covered = `e.topic, e.sequence::text AS sequence, e.id, e.type, e.given, e.digest, ${momentOf('e.time')} AS at, e.schema, e.subject, e.data, e.mac`;

/** @throws Problem rows_unauthenticated for an event whose MAC does not match */
function refuseForged(reader: Reader, events: readonly (Covered & { readonly mac: Buffer | null })[]): void {
  const sealing = sealingOf(reader);
  const key = sealing?.digests?.key;
  if (key === undefined || events.every((event) => isSameMac(event.mac, macOf(key, event)))) return;
  sealing?.suspect();
  throw new Problem('rows_unauthenticated', { table: 'event' });
}

/** Stored events of a topic, by source and id. @throws Problem rows_unauthenticated for an event whose MAC does not match */
export async function knownEvents(
  reader: Reader,
  topic: string,
  given: readonly string[],
): Promise<ReadonlyMap<string, KnownEvent>> {
  const { rows } = await reader.query<Covered & { readonly mac: Buffer | null }>(
    `SELECT ${covered} FROM event AS e WHERE e.topic = $1 AND e.given = ANY ($2::text[])`,
    [topic, given],
  );
  refuseForged(reader, rows);
  return new Map(rows.map(({ given: name, ...event }) => [name, event]));
}

/**
 * Locks the topic: until the transaction ends, no other transaction publishes to it.
 * @returns number of its newest event; undefined where the topic does not exist
 */
export async function lockTopic(transaction: Transaction, topic: string): Promise<bigint | undefined> {
  const { rows } = await transaction.query<{ last: string; newest: string | null }>(
    `SELECT last_sequence AS last, (SELECT max(sequence) FROM event WHERE topic = $1) AS newest FROM topic WHERE id = $1
     FOR UPDATE`,
    [topic],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return row.newest === row.last ? BigInt(row.last) : highestNumber(transaction, topic);
}

/**
 * Where the event of the last number is not there: it has expired, or the number was set back past the hub. Below the position of a consumer
 * an event would never be delivered. A position that no topic reaches does not count.
 */
async function highestNumber(transaction: Transaction, topic: string): Promise<bigint> {
  const { rows } = await transaction.query<{ highest: string }>(
    `SELECT greatest(
       (SELECT last_sequence FROM topic WHERE id = $1),
       (SELECT max(sequence) FROM event WHERE topic = $1),
       (SELECT max(acknowledged) FROM subscription WHERE topic = $1 AND acknowledged < $2),
       (SELECT max(w.position) FROM subscription AS s JOIN webhook_state AS w ON w.subscription = s.id
         WHERE s.topic = $1 AND w.position < $2),
       (SELECT max(p.acknowledged) FROM topic_type AS y JOIN pattern_position AS p ON p.type = y.type
         WHERE y.topic = $1 AND p.acknowledged < $2)) AS highest`,
    [topic, Number.MAX_SAFE_INTEGER],
  );
  return BigInt(rows[0]?.highest ?? 0);
}

/**
 * Stores events in their order, numbered from the one after `last`. The topic is locked.
 * @param exchange log entry of their publication
 */
export async function insertEvents(
  transaction: Transaction,
  topic: string,
  last: bigint,
  events: readonly NewEvent[],
  exchange: string,
): Promise<void> {
  const of = <K extends keyof NewEvent>(name: K): NewEvent[K][] => events.map((event) => event[name]);
  const key = sealingOf(transaction)?.digests?.key;
  const macs = events.map((event, nth) => {
    const sequence = String(last + BigInt(nth + 1));
    return key === undefined
      ? null
      : macOf(key, { ...event, topic, sequence, at: String(Math.round(event.time)) });
  });
  await transaction.query(
    `INSERT INTO event (topic, sequence, id, type, given, digest, time, schema, subject, data, exchange, mac)
     SELECT $1, $2 + n, id, type, given, digest, ${momentAt('time')}, schema, subject, data, $11, mac
       FROM unnest($3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::double precision[], $8::text[], $9::bytea[], $10::text[], $12::bytea[])
         WITH ORDINALITY AS one (id, type, given, digest, time, schema, subject, data, mac, n)`,
    [
      ...[topic, String(last), of('id'), of('type'), of('given'), of('digest'), of('time')],
      ...[of('schema'), of('subject'), of('data'), exchange, macs],
    ],
  );
  await transaction.query('UPDATE topic SET last_sequence = $2 WHERE id = $1', [
    topic,
    String(last + BigInt(events.length)),
  ]);
}

/** Stores events of several topics, each under the lock of its topic. A topic that does not exist gets none. */
export async function insertByTopic(
  transaction: Transaction,
  events: Iterable<readonly [topic: string, events: readonly NewEvent[]]>,
  exchange: string,
): Promise<void> {
  // topics in one order, so that no two transactions wait for each other
  for (const [topic, list] of [...events].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const last = await lockTopic(transaction, topic);
    if (last !== undefined) await insertEvents(transaction, topic, last, list, exchange);
  }
}

/** An event as it is stored. */
export interface StoredEvent {
  readonly sequence: bigint;
  readonly id: string;
  readonly type: string;
  /** Unix milliseconds */
  readonly time: number;
  /** urn of the schema version that it was validated against */
  readonly schema: string;
  readonly subject: Buffer | null;
  /** JSON text */
  readonly data: string;
  /** under a response plan */
  readonly opened: boolean;
}

/** Stored events of one type, in order; at least one. */
export interface StoredRun {
  readonly type: string;
  readonly events: readonly StoredEvent[];
}

/** Maximum characters of the data of one run; a longer event is a run of its single event. */
const maxRunLength = 4 << 20;

/**
 * The first events of a list that have one type, up to a maximum length.
 * @param list a SELECT of topic, sequence, type and length of the data, in order
 * @throws Problem rows_unauthenticated for an event whose MAC does not match
 */
export async function runAmong(
  reader: Reader,
  list: string,
  values: unknown[],
): Promise<StoredRun | undefined> {
  const { rows } = await reader.query<Covered & { readonly mac: Buffer | null; readonly opened: boolean }>(
    `WITH page AS (
       SELECT topic, sequence, type, first_value(type) OVER ahead AS first, row_number() OVER ahead AS n, sum(length) OVER ahead AS length
         FROM (${list}) AS one (topic, sequence, type, length)
       WINDOW ahead AS (ORDER BY sequence)),
     stop AS (SELECT min(sequence) AS at FROM page WHERE type <> first OR (n > 1 AND length > ${maxRunLength}))
     SELECT ${covered}, EXISTS (SELECT FROM open_event AS o WHERE o.id = e.id) AS opened
       FROM page AS p JOIN event AS e ON e.topic = p.topic AND e.sequence = p.sequence, stop
      WHERE stop.at IS NULL OR p.sequence < stop.at ORDER BY e.sequence`,
    values,
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  refuseForged(reader, rows);
  const events = rows.map(({ id, type, schema, subject, data, opened, sequence, at }) => ({
    id,
    type,
    schema,
    subject,
    data,
    opened,
    sequence: BigInt(sequence),
    time: readMoment(at),
  }));
  return { type: first.type, events };
}

/** What is read of a topic. */
interface TypesRead {
  readonly topic: string;
  readonly types: readonly string[];
  /** number of the event after which each type begins, where that may be later than the place */
  readonly starts?: ReadonlyMap<string, bigint>;
}

/**
 * The next events of these types after a place: a run of one type, in order.
 * @param maxEvents events @returns undefined where there is none
 */
export function nextRun(
  reader: Reader,
  { topic, types, starts }: TypesRead,
  after: bigint,
  maxEvents: number,
): Promise<StoredRun | undefined> {
  const begun =
    starts === undefined ? '' : ' AND sequence > ($5::bigint[])[array_position($3::text[], type)]';
  const places = starts === undefined ? [] : [types.map((type) => String(starts.get(type) ?? 0n))];
  return runAmong(
    reader,
    `SELECT topic, sequence, type, length(data) FROM event
      WHERE topic = $1 AND sequence > $2 AND type = ANY ($3::text[])${begun} ORDER BY sequence LIMIT $4`,
    [topic, String(after), types, maxEvents, ...places],
  );
}

/** @param moment Unix milliseconds @returns number of the topic's newest event stored before that moment; 0 where there is none */
export async function newestBefore(reader: Reader, topic: string, moment: number): Promise<bigint> {
  const { rows } = await reader.query<{ last: string }>(
    `SELECT coalesce(max(sequence), 0) AS last FROM event WHERE topic = $1 AND stored_at < ${momentAt('$2')}`,
    [topic, moment],
  );
  return BigInt(rows[0]?.last ?? 0);
}

/**
 * Deletes at most `maxEvents` expired events, in any order. Events of datasets under a legal hold are not deleted; no hold can be placed
 * until the transaction ends.
 * @param now Unix milliseconds @returns their number
 * @throws Problem rows_unauthenticated where a hold or the retention of a topic was changed past the hub
 */
export async function deleteExpired(pool: Pool, now: number, maxEvents: number): Promise<number> {
  await refuseUnauthentic(pool, ['proposal']);
  return withTransaction(pool, async (transaction) => {
    const held = await datasetsHeld(transaction);
    const topics = await comparedTable(transaction, 'topic');
    const { rowCount } = await transaction.query(
      `DELETE FROM event AS e USING (
         SELECT old.topic, old.sequence FROM unnest($3::text[], $4::integer[]) AS t(id, retention_days)
           JOIN event AS old ON old.topic = t.id AND old.stored_at < ${momentAt('$1')} - make_interval(days => t.retention_days)
          WHERE old.type <> ALL ($5::text[])
          LIMIT $2) AS gone
        WHERE e.topic = gone.topic AND e.sequence = gone.sequence`,
      [now, maxEvents, topics.map(({ id }) => id), topics.map((topic) => topic['retention_days']), [...held]],
    );
    return rowCount ?? 0;
  });
}
