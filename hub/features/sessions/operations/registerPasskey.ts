import { actOutcome } from '../../common/actOutcome.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem passkey_invalid, challenge_invalid, already_registered */
export const registerPasskey = operation('registerPasskey', {
  kind: 'management',
  permission: everyone,
  owner: self,
  run: async (call, { identity, hub }) => {
    const { id, label, ...response } = call.body;
    const answer = { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {}, response };
    const act = await identity.sessions.registerPasskey(
      call.caller,
      { response: answer, label },
      call,
      hub.staff.origin,
    );
    return actOutcome<'registerPasskey'>(201, act);
  },
});
