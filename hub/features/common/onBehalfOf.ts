import { Problem } from '../../../terms/problem.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { type Made, insteadOf } from '../../log/store/firstApproval.ts';
import type { Services } from './services.ts';

/**
 * What a deputy made in somebody's place stays hers when the deputy's time is over, or was ended by herself: she is no second pair of eyes for it.
 * @throws Problem four_eyes, made_by_unread
 */
export async function refuseDoneOnBehalf(
  { hands: actingPersons }: Pick<StaffCaller, 'hands'>,
  made: Made,
  { database }: Pick<Services, 'database'>,
): Promise<void> {
  const persons = await insteadOf(database.app, made);
  if (persons.some((one) => actingPersons.includes(one))) throw new Problem('four_eyes');
}
