import { signedIn } from './signedIn.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem accounts_not_used, challenge_invalid, account_invalid, account_unknown, identity_provider_unavailable */
export const signInByAccount = operation('signInByAccount', {
  kind: 'management',
  run: async (call, { identity, hub }) => {
    const answer = call.body;
    return signedIn(await identity.sessions.signInByAccount(answer, call, hub.staff.origin), hub.staff);
  },
});
