/** Ends a person's time: all their credentials, and all their acts that wait for another person, end in one transaction. */
import { endWaitingHolds } from '../../log/store/legalHolds.ts';
import { momentAt } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { endHalfWords, pendingApprovals } from '../../registry/store/cancelPendingApprovals.ts';
import { freeGuards } from './persons.ts';

export interface Ending {
  readonly person: string;
  /** Unix milliseconds */
  readonly at: number;
  /** id of the person who ends it */
  readonly by: string;
  readonly reason: string;
  /** the entry of the act */
  readonly exchange: string;
}

/** What the person has open. */
export interface OpenOfPerson {
  readonly credentials: number;
  readonly sessions: number;
  readonly documents: number;
  /**
   * also evidence they requested, and what they began or agreed to with a dataset or a schema that another person has not agreed to yet
   */
  readonly proposals: number;
  /** roles and invitations that are not confirmed */
  readonly grants: number;
  /** enrolment codes that are not used */
  readonly codes: number;
}

const counts: Readonly<Record<keyof OpenOfPerson, string>> = {
  credentials: 'credential WHERE person = $1 AND revoked_at IS NULL',
  sessions: 'staff_session WHERE person = $1 AND ended_at IS NULL',
  documents: "policy_document WHERE author = $1 AND state = 'submitted'",
  proposals: `(SELECT 1 FROM proposal WHERE author = $1 AND state = 'waiting'
    UNION ALL SELECT 1 FROM batch_proposal WHERE proposed_by = $1
    UNION ALL SELECT 1 FROM evidence WHERE asked_by = $1 AND state = 'waiting'
    UNION ALL ${pendingApprovals}) AS p`,
  grants: 'role_grant WHERE (granted_by = $1 OR person = $1) AND confirmed_by IS NULL',
  codes: 'enrolment_code WHERE issuer = $1 AND used_at IS NULL',
};

export async function openOfPerson(reader: Reader, person: string): Promise<OpenOfPerson> {
  const columns = Object.entries(counts).map(
    ([name, from]) => `(SELECT count(*)::integer FROM ${from}) AS ${name}`,
  );
  const { rows } = await reader.query<{ [Name in keyof OpenOfPerson]: number }>(
    `SELECT ${columns.join(', ')}`,
    [person],
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('one row was asked for');
  return row;
}

/** @returns false when the person's time had ended before */
export async function endPerson(reader: Reader, ending: Ending): Promise<boolean> {
  const { person, at, by, reason, exchange } = ending;
  const { rowCount } = await reader.query(
    "UPDATE person SET state = 'ended', ended_by = $2 WHERE id = $1 AND state <> 'ended'",
    [person, exchange],
  );
  if (rowCount !== 1) return false;
  await endWays(reader, person, at, exchange);
  // persons whom this person invited and who are not confirmed: they depend on this person's approval and cannot join
  await reader.query(
    "UPDATE person SET state = 'ended', ended_by = $2 WHERE invited_by = $1 AND confirmed_by IS NULL AND state = 'invited'",
    [person, exchange],
  );
  const lost = await reader.query<{ person: string }>(
    `DELETE FROM role_grant WHERE confirmed_by IS NULL
        AND (granted_by = $1 OR person = $1 OR person IN (SELECT id FROM person WHERE ended_by = $2))
     RETURNING person`,
    [person, exchange],
  );
  await freeGuards(
    reader,
    lost.rows.map((row) => row.person),
  );
  await reader.query(
    "UPDATE policy_document SET state = 'returned', decided_by = $2, decided_at = now() WHERE author = $1 AND state = 'submitted'",
    [person, exchange],
  );
  const proposals = await reader.query<{ id: string }>(
    `UPDATE proposal SET state = $4, decided_by = $2, reason = $5, decided_at = now(), decision = $3
      WHERE author = $1 AND state = 'waiting' RETURNING id`,
    [person, by, exchange, by === person ? 'withdrawn' : 'refused', reason],
  );
  await endWaitingHolds(
    reader,
    proposals.rows.map(({ id }) => id),
  );
  await reader.query('DELETE FROM batch_proposal WHERE proposed_by = $1', [person]);
  // a release now would rest on the approval of one person
  await reader.query(
    "UPDATE evidence SET state = 'refused', answered_by = $2 WHERE asked_by = $1 AND state = 'waiting'",
    [person, by],
  );
  await endHalfWords(reader, ending);
  return true;
}

/** Ends every credential that the person, or another in their name, could sign in with. */
async function endWays(reader: Reader, person: string, at: number, exchange: string): Promise<void> {
  await reader.query(
    `UPDATE credential SET revoked_at = ${momentAt('$2')}, revoked_by = $3 WHERE person = $1 AND revoked_at IS NULL`,
    [person, at, exchange],
  );
  await reader.query(
    `UPDATE staff_session SET ended_at = ${momentAt('$2')}, ended_by = $3 WHERE person = $1 AND ended_at IS NULL`,
    [person, at, exchange],
  );
  await reader.query("UPDATE authenticator SET secret = '', confirmed_at = NULL WHERE person = $1", [person]);
  await reader.query(
    `UPDATE enrolment_code SET used_at = ${momentAt('$2')}, used_by = $3 WHERE issuer = $1 AND used_at IS NULL`,
    [person, at, exchange],
  );
  await reader.query(
    `UPDATE invitation SET used_at = ${momentAt('$2')} WHERE person = $1 AND used_at IS NULL`,
    [person, at],
  );
}
