import type { ActWord } from '../../../../terms/factWords.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { RoleGrant } from '../../../domain/roles.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { keyHands, type KeyHandsRow } from '../../../identity/store/keyHands.ts';
import type { Services } from '../../common/services.ts';

/** The key a call names. @throws Problem not_found */
export async function keyInQuestion(call: Call<StaffCaller>, { database }: Services): Promise<KeyHandsRow> {
  const row = await keyHands(database.app, call.params['key'] ?? '');
  if (row === undefined) throw new Problem('not_found');
  return row;
}

/** Once somebody has objected, a steward or security officer of the data office decides. */
export const settles = (grants: readonly RoleGrant[]): boolean =>
  grants.some(
    ({ role, department }) => department === undefined && (role === 'steward' || role === 'security'),
  );

export const decidedAlready = ({ keyid, state }: KeyHandsRow, act: ActWord): Problem =>
  new Problem('transition_not_allowed', { what: `key ${keyid}`, state, act });
