import type { Reader } from '../database/reader.ts';
import type { ConsentScope } from './readStandings.ts';

/** Changes looked at one by one; where a whole register of consents comes in meanwhile, the answer's own persons are asked for. */
const mostChanges = 1_000;

/**
 * Whether the consents that an answer was decided on are as they were read. Asked behind the swap of the log's head: whoever gives or
 * withdraws needs the head too, so what is not seen here comes after this answer.
 * @param asOf the least of the newest versions at which they were read
 * @param decidedOn the version that was read, by the subject's keyed hash (hex); asked for only where something changed
 */
export async function standUnchanged(
  transaction: Reader,
  scope: ConsentScope,
  asOf: bigint,
  decidedOn: () => ReadonlyMap<string, string>,
): Promise<boolean> {
  const place = [scope.recipient, scope.dataset, scope.purpose];
  const { rows } = await transaction.query<{ subject: string; version: string }>(
    `SELECT encode(subject, 'hex') AS subject, version::text AS version FROM consent_standing
      WHERE recipient = $1 AND dataset = $2 AND purpose = $3 AND version > $4::bigint LIMIT ${mostChanges + 1}`,
    [...place, String(asOf)],
  );
  if (rows.length === 0) return true;
  const read = decidedOn();
  if (rows.length <= mostChanges) {
    return rows.every(({ subject, version }) => (read.get(subject) ?? version) === version);
  }
  const { rows: counted } = await transaction.query<{ same: number }>(
    `SELECT count(*)::integer AS same
       FROM unnest($4::text[], $5::bigint[]) AS d (subject, version) JOIN consent_standing AS s ON s.subject = decode(d.subject, 'hex') AND s.version = d.version
      WHERE s.recipient = $1 AND s.dataset = $2 AND s.purpose = $3`,
    [...place, [...read.keys()], [...read.values()]],
  );
  return counted[0]?.same === read.size;
}
