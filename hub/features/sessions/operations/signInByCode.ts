import { denied } from '../../../pipeline/call.ts';
import { Refusal } from '../../../identity/authentication/refusal.ts';
import { signedIn } from './signedIn.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem token_invalid | _expired | _revoked, authenticator_missing, code_invalid, code_locked */
export const signInByCode = operation('signInByCode', {
  kind: 'management',
  run: async (call, { identity, hub }) => {
    const { token, code } = call.body;
    try {
      const holder = await identity.staff(`Bearer ${token}`);
      return signedIn(await identity.sessions.signInByCode(holder, code, call), hub.staff);
    } catch (error) {
      // the entry of the refusal tells whose token it was: proven, where only the code was wrong; else merely claimed
      if (!(error instanceof Refusal)) throw error;
      const { proven, claimed } = error.actor;
      const of = proven.staff ?? claimed?.token;
      const person = proven.person === undefined ? {} : { person: proven.person };
      const named = proven.staff === undefined ? 'claimedToken' : 'token';
      return denied(error, { change: { ...(of === undefined ? {} : { [named]: of }), ...person } });
    }
  },
});
