import { signedIn } from './signedIn.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem passkey_invalid, challenge_invalid */
export const signInByPasskey = operation('signInByPasskey', {
  kind: 'management',
  run: async (call, { identity, hub }) => {
    const { id, ...response } = call.body;
    const answer = { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {}, response };
    return signedIn(await identity.sessions.signInByPasskey(answer, call, hub.staff.origin), hub.staff);
  },
});
