/** SQL of deliveries to addresses of reminders: leases, retries, and what was delivered. */
import type { ReminderPlace } from '../../../domain/reminder.ts';
import type { ClaimRequest } from '../../../domain/claimRequest.ts';
import { isDue } from '../../../flows/deliveries/store/isDue.ts';
import { momentAt, momentOf, readMomentOrNull } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { isToSend } from './reminders.ts';

/** An address that one process works for until its lease ends. */
export interface ClaimedAddress extends ReminderPlace {
  readonly attempts: number;
  /** Unix milliseconds */
  readonly failingSince: number | null;
  readonly fencing: string;
}

/**
 * Takes addresses of one kind of sink that have something to send, those that are due for longest first.
 * @param before as for `nextReminder`
 */
export async function claimAddresses(
  reader: Reader,
  way: ReminderPlace['way'],
  { until, maxClaimed, failing, full, latest }: ClaimRequest,
  before: number,
): Promise<readonly ClaimedAddress[]> {
  const { rows } = await reader.query<
    Omit<ClaimedAddress, 'failingSince'> & { readonly failing: string | null }
  >(
    `UPDATE reminder_state AS d SET leased_until = ${momentAt('$1')}, fencing = d.fencing + 1
       FROM (SELECT d.kind, d.owner, d.way FROM reminder_state AS d
              WHERE d.way = $2 AND ${isDue('$1', '$6')}
                AND (d.failing_since IS NOT NULL) = $3 AND NOT d.owner = ANY ($4)
                AND EXISTS (SELECT FROM reminder AS r
                             WHERE r.kind = d.kind AND r.owner = d.owner AND r.way = d.way AND ${isToSend('r', '$7')})
              ORDER BY d.next_at LIMIT $5 FOR UPDATE OF d SKIP LOCKED) AS due
      WHERE d.kind = due.kind AND d.owner = due.owner AND d.way = due.way
      RETURNING d.kind, d.owner, d.way, d.attempts, ${momentOf('d.failing_since')} AS failing, d.fencing`,
    [until, way, failing, full, maxClaimed, latest, before],
  );
  return rows.map(({ failing: since, ...row }) => ({ ...row, failingSince: readMomentOrNull(since) }));
}

/** A state that is gone was deleted past the hub: without it nothing would be sent to its address. */
export async function restoreStates(reader: Reader): Promise<void> {
  await reader.query(
    `INSERT INTO reminder_state (kind, owner, way)
     SELECT a.kind, a.owner, a.way FROM reminder_address AS a
      WHERE NOT EXISTS (SELECT FROM reminder_state AS d WHERE d.kind = a.kind AND d.owner = a.owner AND d.way = a.way)
     ON CONFLICT DO NOTHING`,
  );
}

/** Whether there is any address of this kind of sink. */
export async function anyAddress(reader: Reader, way: ReminderPlace['way']): Promise<boolean> {
  const { rows } = await reader.query('SELECT FROM reminder_state WHERE way = $1 LIMIT 1', [way]);
  return rows.length > 0;
}

/** Nothing more to do now: other processes may take it at once. */
export async function releaseAddress(
  reader: Reader,
  { kind, owner, way, fencing }: ClaimedAddress,
): Promise<void> {
  await reader.query(
    'UPDATE reminder_state SET leased_until = now() WHERE kind = $1 AND owner = $2 AND way = $3 AND fencing = $4',
    [kind, owner, way, fencing],
  );
}

/** A reminder was taken: it is deleted. @returns false where another process works for the address by now */
export async function noteDelivered(
  reader: Reader,
  { kind, owner, way, fencing }: ClaimedAddress,
  reminder: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `WITH holder AS (
       UPDATE reminder_state SET attempts = 0, failing_since = NULL, trouble = NULL, status = NULL, delivered_at = now()
        WHERE kind = $1 AND owner = $2 AND way = $3 AND fencing = $4 RETURNING 1)
     DELETE FROM reminder WHERE id = $5 AND EXISTS (SELECT FROM holder)`,
    [kind, owner, way, fencing, reminder],
  );
  return rowCount === 1;
}

/** Notes why nothing is delivered, and when it is tried again. Moments are Unix milliseconds. */
export async function setBackAddress(
  reader: Reader,
  { kind, owner, way, fencing }: ClaimedAddress,
  back: {
    readonly trouble: string;
    readonly status: number | null;
    readonly next: number;
    readonly attempts: number;
    readonly failingSince: number | null;
  },
): Promise<void> {
  await reader.query(
    `UPDATE reminder_state SET trouble = $5, status = $6, next_at = ${momentAt('$7')}, attempts = $8,
            failing_since = ${momentAt('$9')}
      WHERE kind = $1 AND owner = $2 AND way = $3 AND fencing = $4`,
    [kind, owner, way, fencing, back.trouble, back.status, back.next, back.attempts, back.failingSince],
  );
}
