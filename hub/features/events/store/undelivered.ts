/** SQL that counts the events which a subscription has not delivered yet. */
import { momentAt, momentOf, readMomentOrNull } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Types of a topic, and where a subscription is in them. */
export interface Reached {
  readonly subscription: string;
  readonly topic: string;
  readonly types: readonly string[];
  /** number of the event up to which all are delivered */
  readonly position: bigint;
  /** Unix milliseconds: events that were stored before do not count; null: all count */
  readonly since: number | null;
}

export interface Undelivered {
  readonly subscription: string;
  /** at most one more than the maximum */
  readonly events: number;
  /** Unix milliseconds at which the oldest of them was stored; null where there is none */
  readonly oldestAt: number | null;
}

/** Events of a topic that are read, also of other types, so that a rare type takes no reading of all of them. */
const maxRead = 10_000;

/** One row for each element, in any order. @param max beyond it they are not counted */
export async function countUndelivered(
  reader: Reader,
  reached: readonly Reached[],
  max: number,
): Promise<readonly Undelivered[]> {
  if (reached.length === 0) return [];
  const asked = reached.map(({ position, ...one }) => ({ ...one, position: String(position) }));
  const { rows } = await reader.query<{
    readonly subscription: string;
    readonly events: string;
    readonly oldest: string | null;
  }>(
    `SELECT a.subscription, n.events, n.oldest
       FROM jsonb_to_recordset($1::jsonb) AS a (subscription uuid, topic text, types text[], position bigint, since double precision)
      CROSS JOIN LATERAL (
        SELECT CASE WHEN a.since IS NULL THEN a.position ELSE greatest(a.position, coalesce((
                 -- one entry of its index, where a maximum would read all that was stored before
                 SELECT e.sequence FROM event AS e WHERE e.topic = a.topic AND e.stored_at < ${momentAt('a.since')}
                  ORDER BY e.stored_at DESC LIMIT 1), 0)) END AS after
      ) AS begun
      CROSS JOIN LATERAL (
        SELECT count(*) AS events, ${momentOf('min(own.stored_at)')} AS oldest FROM (
          SELECT next.stored_at FROM (
            SELECT e.type, e.stored_at FROM event AS e WHERE e.topic = a.topic AND e.sequence > begun.after
             ORDER BY e.sequence LIMIT $2) AS next
           WHERE next.type = ANY (a.types) AND (a.since IS NULL OR next.stored_at >= ${momentAt('a.since')}) LIMIT $3) AS own
      ) AS n`,
    [JSON.stringify(asked), maxRead, max + 1],
  );
  return rows.map(({ subscription, events, oldest }) => ({
    subscription,
    events: Number(events),
    oldestAt: readMomentOrNull(oldest),
  }));
}
