import type { Reader } from '../../../platform/database/reader.ts';
import type { ConsentScope } from './readStandings.ts';

/** Changes looked at one by one; where a whole register of consents comes in meanwhile, the answer's own persons are asked for. */
const mostChanges = 1_000;

/**
 * Whether no consent that an answer was decided on has changed since it was read. Asked behind the swap of the log's head: whoever gives or
 * withdraws needs the head too, so what is not seen here comes after this answer.
 * @param asOf the least of the newest versions at which they were read; of several readings, what changed between them counts as changed
 * @param decidedOn the subjects' keyed hashes (hex); asked for only where something changed
 */
export async function standUnchanged(
  transaction: Reader,
  scope: ConsentScope,
  asOf: bigint,
  decidedOn: () => ReadonlySet<string>,
): Promise<boolean> {
  const since = [scope.recipient, scope.dataset, scope.purpose, String(asOf)];
  const { rows } = await transaction.query<{ subject: string }>(
    `SELECT encode(subject, 'hex') AS subject FROM consent_standing
      WHERE recipient = $1 AND dataset = $2 AND purpose = $3 AND version > $4::bigint LIMIT ${mostChanges + 1}`,
    since,
  );
  if (rows.length === 0) return true;
  const persons = decidedOn();
  if (rows.length <= mostChanges) return !rows.some(({ subject }) => persons.has(subject));
  const { rows: changed } = await transaction.query(
    `SELECT FROM unnest($5::text[]) AS d (subject) JOIN consent_standing AS s ON s.subject = decode(d.subject, 'hex')
      WHERE s.recipient = $1 AND s.dataset = $2 AND s.purpose = $3 AND s.version > $4::bigint LIMIT 1`,
    [...since, [...persons]],
  );
  return changed.length === 0;
}
