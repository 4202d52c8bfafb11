import { clearCookie } from '../../gate/doors/cookie.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { SubjectCaller } from '../../identity/authentication/caller.ts';
import { endOwnSession as end } from '../../store/subjects/ownSessions.ts';
import type { Services } from '../services.ts';

/** POST /v1/own/session/end: she leaves; nothing of whose session it was stays. */
export function endOwnSession(call: Call<SubjectCaller>, { hub }: Services): Outcome {
  const { session } = call.caller;
  const outcome = allowed(
    200,
    {},
    {
      facts: { change: { session } },
      work: (transaction) => end(transaction, session),
    },
  );
  return hub.citizen === undefined ? outcome : { ...outcome, headers: clearCookie(hub.citizen.cookie) };
}
