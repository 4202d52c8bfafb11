import type { Reader } from '../../../platform/database/reader.ts';
import type { ConsentScope } from './readStandings.ts';

/**
 * Claims one use of each subject's consent, in one order for everybody, so that claims at once never wait for each other crosswise.
 * @param subjects keyed hashes of those whose consent is limited in its uses
 * @returns false when one of them is used up: the transaction is then to be given up
 */
export async function claimUses(
  transaction: Reader,
  { recipient, dataset, purpose }: ConsentScope,
  subjects: readonly Uint8Array[],
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `WITH locked AS (
       SELECT subject FROM consent_standing
        WHERE subject = ANY ($1::bytea[]) AND recipient = $2 AND dataset = $3 AND purpose = $4 ORDER BY subject FOR UPDATE)
     UPDATE consent_standing AS s SET uses = s.uses + 1 FROM locked
      WHERE s.subject = locked.subject AND s.recipient = $2 AND s.dataset = $3 AND s.purpose = $4
        AND s.state = 'given' AND s.uses < s.max_uses`,
    [subjects.map((subject) => Buffer.from(subject)), recipient, dataset, purpose],
  );
  return rowCount === subjects.length;
}
