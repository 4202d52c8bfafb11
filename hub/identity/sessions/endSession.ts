import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { endSession as endRow, sessionById } from '../store/sessions.ts';
import type { Act, ActContext } from '../act.ts';

/** Ends a session, her own (signing out) or another's. To end one that has ended changes nothing. @throws Problem session_unknown */
export async function endSession(
  request: { readonly id: string; readonly reason: string },
  { exchange, now }: ActContext,
  reader: Reader,
): Promise<Act<{ readonly id: string }>> {
  const row = await sessionById(reader, request.id);
  if (row === undefined) throw new Problem('session_unknown');
  return {
    reply: { id: row.id },
    change: { session: row.id, person: row.person, reason: request.reason },
    work: async (transaction) => {
      await endRow(transaction, { id: row.id, at: now, exchange });
    },
    // what was decided for it and is not yet done is decided again
    bumpsEpoch: true,
  };
}
