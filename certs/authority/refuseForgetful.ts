import { Problem } from '../../terms/problem.ts';
import type { ReadList } from './revocationList.ts';

/**
 * A root's list that counts names everything that was ever revoked: one that left a serial out would let its holder in again.
 * @param revoked serials that are known to be revoked
 * @throws Problem authority_unsuitable
 */
export function refuseForgetful(list: Pick<ReadList, 'revoked'>, revoked: readonly string[]): void {
  const named = new Set(list.revoked.map(({ serial }) => serial));
  if (revoked.some((serial) => !named.has(serial)))
    throw new Problem('authority_unsuitable', { what: 'the list forgets what was revoked' });
}

/** Serials that a list names. */
export const serialsOf = ({ revoked }: Pick<ReadList, 'revoked'>): readonly string[] =>
  revoked.map(({ serial }) => serial);
