import { Problem } from '../../terms/problem.ts';
import type { ReadList } from './revocationList.ts';

/**
 * Rejects a root's list that omits a revoked serial. A valid list contains all revocations; an omitted serial would admit its holder
 * again.
 * @param revoked serials that are known to be revoked
 * @throws Problem authority_unsuitable
 */
export function refuseForgetful(list: Pick<ReadList, 'revoked'>, revoked: readonly string[]): void {
  const named = new Set(list.revoked.map(({ serial }) => serial));
  if (revoked.some((serial) => !named.has(serial)))
    throw new Problem('authority_unsuitable', { what: 'the list forgets what was revoked' });
}

/** Serials in a list. */
export const serialsOf = ({ revoked }: Pick<ReadList, 'revoked'>): readonly string[] =>
  revoked.map(({ serial }) => serial);
