import type { DutyKind } from '../../../domain/duty.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { DutyRow } from './dutyRow.ts';

export type NewDuty = Omit<
  DutyRow,
  'id' | 'consent' | 'named' | 'statement' | 'answeredBy' | 'obligation'
> & {
  readonly obligation: DutyKind;
};

/** How far the log has been read for duties. */
export async function dutyProgress(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ next: string }>('SELECT next FROM duty_progress WHERE id = 1');
  return Number(rows[0]?.next ?? 0);
}

/**
 * Adds what was read from the log and moves the mark behind it, in one statement: what is read twice is counted once. A duty that was
 * answered before data of its days were seen is open again.
 * @returns false when another process has moved the mark
 */
export async function addDuties(
  reader: Reader,
  duties: readonly NewDuty[],
  mark: { readonly from: number; readonly to: number },
): Promise<boolean> {
  const { rows } = await reader.query<{ moved: boolean }>(
    `WITH moved AS (UPDATE duty_progress SET next = $2 WHERE id = 1 AND next = $1 RETURNING 1),
          added AS (
            INSERT INTO duty AS d (obligation, consumer, provider, dataset, agreement, purpose, received_from, received_until, due, exchanges)
            SELECT o ->> 'obligation', o ->> 'consumer', o ->> 'provider', o ->> 'dataset', o ->> 'agreement', o ->> 'purpose',
                   (o ->> 'receivedFrom')::date, (o ->> 'receivedUntil')::date, (o ->> 'due')::date, (o ->> 'exchanges')::bigint
              FROM jsonb_array_elements($3::jsonb) AS o WHERE EXISTS (SELECT FROM moved)
            ON CONFLICT (consumer, agreement, dataset, purpose, obligation, received_from, consent)
            DO UPDATE SET exchanges = d.exchanges + EXCLUDED.exchanges, due = least(d.due, EXCLUDED.due), statement = NULL, answered_by = NULL)
     SELECT EXISTS (SELECT FROM moved) AS moved`,
    [mark.from, mark.to, JSON.stringify(duties)],
  );
  return rows[0]?.moved === true;
}
