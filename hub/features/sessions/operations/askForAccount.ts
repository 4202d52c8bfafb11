import { unlogged } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';

/** Where the browser goes to be told apart. @throws Problem accounts_not_used, identity_provider_unavailable */
export const askForAccount = operation('askForAccount', {
  kind: 'none',
  run: async (call, { identity, hub }) => {
    return unlogged<'askForAccount'>(
      200,
      await identity.sessions.offerAccount(undefined, call.now, hub.staff.origin),
    );
  },
});
