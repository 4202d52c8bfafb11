import { clearCookie } from '../../../pipeline/callers/cookie.ts';
import { allowed } from '../../../pipeline/call.ts';
import { endOwnSession as end } from '../store/ownSessions.ts';
import { operation } from '../../common/operation.ts';

/** POST /v1/own/session/end: she leaves; nothing of whose session it was stays. */
export const endOwnSession = operation('endOwnSession', {
  kind: 'management',
  run: (call, { hub }) => {
    const { session } = call.caller;
    const outcome = allowed<'endOwnSession'>(
      200,
      {},
      {
        facts: { change: { session } },
        work: (transaction) => end(transaction, session),
      },
    );
    return hub.citizen === undefined ? outcome : { ...outcome, headers: clearCookie(hub.citizen.cookie) };
  },
});
