import type { Reader } from '../database/reader.ts';
import type { ConsentScope } from './readStandings.ts';

/**
 * Whether the consents that an answer was decided on are as they were read. Asked behind the swap of the log's head: whoever withdraws
 * needs the head too, so what is not seen here comes after this answer.
 * @param decidedOn keyed hash of each subject, with the version that was read
 */
export async function standUnchanged(
  transaction: Reader,
  { recipient, dataset, purpose }: ConsentScope,
  decidedOn: readonly { readonly subject: Uint8Array; readonly version: string }[],
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `SELECT 1 FROM unnest($1::bytea[], $2::bigint[]) AS d (subject, version) JOIN consent_standing AS s USING (subject, version)
      WHERE s.recipient = $3 AND s.dataset = $4 AND s.purpose = $5`,
    [
      decidedOn.map(({ subject }) => Buffer.from(subject)),
      decidedOn.map(({ version }) => version),
      recipient,
      dataset,
      purpose,
    ],
  );
  return rowCount === decidedOn.length;
}
