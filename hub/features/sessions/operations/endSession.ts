import { clearCookie } from '../../../pipeline/callers/cookie.ts';
import { actOutcome } from '../../common/actOutcome.ts';
import { credentialEnded } from '../../../domain/cells.ts';
import { self, anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Signs out, or ends somebody's session. @throws Problem session_unknown */
export const endSession = operation('endSession', {
  kind: 'management',
  permission: credentialEnded,
  owner: async (call, { identity }) => {
    const row = await identity.sessions.byId(call.params.session);
    if (row?.person === call.caller.person) return self(call);
    return anyOf(identity.persons().find(({ id }) => id === row?.person)?.department);
  },
  run: async (call, { identity, hub }) => {
    const { reason = 'signed out' } = call.body;
    const id = call.params.session;
    const outcome = actOutcome<'endSession'>(200, await identity.sessions.end({ id, reason }, call));
    return id === call.caller.tokenId ? { ...outcome, headers: clearCookie(hub.staff.cookie) } : outcome;
  },
});
