import { Problem } from '../../../terms/problem.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { type Made, deputisedFor } from '../../log/store/firstApproval.ts';
import type { Services } from './services.ts';

/**
 * Rejects an approval of one's own action as deputy. The action remains the deputy's even after the deputy's term ended, so the same
 * person cannot be the second pair of eyes.
 * @throws Problem four_eyes, made_by_unread
 */
export async function refuseDoneOnBehalf(
  { actingPersons }: Pick<StaffCaller, 'actingPersons'>,
  made: Made,
  { database }: Pick<Services, 'database'>,
): Promise<void> {
  const persons = await deputisedFor(database.app, made);
  if (persons.some((one) => actingPersons.includes(one))) throw new Problem('four_eyes');
}
