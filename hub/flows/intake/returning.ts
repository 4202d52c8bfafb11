import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { deletedSince } from '../../features/tickets/store/deletedSince.ts';

/** What was deleted at a person's wish does not come back with older bytes or rows. @throws Problem deletion_would_return */
export async function refuseReturning(reader: Reader, batch: string): Promise<void> {
  const persons = await deletedSince(reader, batch);
  if (persons > 0) throw new Problem('deletion_would_return', { persons });
}
