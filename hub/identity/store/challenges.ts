import { momentAt } from '../../platform/database/moment.ts';
import type { Reader } from '../../platform/database/reader.ts';

/**
 * Notes that a challenge was answered; those whose time is over are forgotten, since they are refused anyway.
 * @param hash hex SHA-256 @param expiresAt Unix milliseconds
 * @returns false where it was answered before
 */
export async function answerChallenge(
  reader: Reader,
  { hash, expiresAt, now }: { readonly hash: string; readonly expiresAt: number; readonly now: number },
): Promise<boolean> {
  await reader.query(`DELETE FROM challenge_answered WHERE expires_at < ${momentAt('$1')}`, [now]);
  const { rowCount } = await reader.query(
    `INSERT INTO challenge_answered (hash, expires_at) VALUES ($1, ${momentAt('$2')}) ON CONFLICT DO NOTHING`,
    [hash, expiresAt],
  );
  return rowCount === 1;
}
