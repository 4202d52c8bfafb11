/** SQL of what changed in open events since a moment, from the times of their rows. */
import { momentAt } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface ChangedEvent {
  readonly id: string;
  /** the publisher, and those that owe something or are notified of a missed deadline */
  readonly departments: readonly string[];
  /** how often it changed since it opened; it grows with every change */
  readonly changes: number;
}

/**
 * Events that opened or closed, or of which a deadline passed, or an answer, acknowledgement, escalation or delivery is new.
 * @param from, to Unix milliseconds @param most events
 */
export async function eventsChangedSince(
  reader: Reader,
  { from, to, maxEvents }: { readonly from: number; readonly to: number; readonly maxEvents: number },
): Promise<ChangedEvent[]> {
  const since = momentAt('$1');
  const until = momentAt('$2');
  const { rows } = await reader.query<ChangedEvent>(
    `WITH moved AS (
       SELECT id FROM open_event WHERE opened_at > ${since} UNION SELECT id FROM open_event WHERE closed_at > ${since}
       UNION SELECT event FROM event_step WHERE answered_at > ${since} UNION SELECT event FROM event_step WHERE due_at > ${since} AND due_at <= ${until}
       UNION SELECT event FROM event_acknowledgement WHERE at > ${since} UNION SELECT event FROM event_escalation WHERE at > ${since}
       UNION SELECT event FROM event_delivery WHERE at > ${since} LIMIT $3)
     SELECT o.id,
            ARRAY(SELECT o.department UNION SELECT department FROM event_step AS s WHERE s.event = o.id
                  UNION SELECT recipient FROM event_escalation AS x WHERE x.event = o.id) AS departments,
            ((o.closed_at IS NOT NULL)::int
              + (SELECT count(answered_at) + count(*) FILTER (WHERE due_at <= ${until}) FROM event_step AS s WHERE s.event = o.id)
              + (SELECT count(*) FROM event_acknowledgement AS a WHERE a.event = o.id)
              + (SELECT count(*) FROM event_escalation AS x WHERE x.event = o.id)
              + (SELECT count(*) FROM event_delivery AS d WHERE d.event = o.id))::int AS changes
       FROM moved JOIN open_event AS o ON o.id = moved.id ORDER BY o.id`,
    [from, to, maxEvents],
  );
  return rows;
}

/** A digest of which events are open and how many stages of escalation each has reached. It differs whenever one of them does. */
export async function openEventsMark(reader: Reader): Promise<string> {
  const { rows } = await reader.query<{ mark: string }>(
    `SELECT coalesce(md5(string_agg(e.id || ' ' || (SELECT count(*) FROM event_escalation AS x WHERE x.event = e.id), ' ' ORDER BY e.id)), '') AS mark
       FROM open_event AS e WHERE e.state = 'open'`,
  );
  return rows[0]?.mark ?? '';
}
