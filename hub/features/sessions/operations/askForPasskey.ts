import { unlogged } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';

/** What the browser is asked to answer with a passkey. */
export const askForPasskey = operation('askForPasskey', {
  kind: 'none',
  run: (call, { identity, hub }) => {
    return unlogged<'askForPasskey'>(200, {
      publicKey: identity.sessions.passkeyOptions(undefined, call.now, hub.staff.origin),
    });
  },
});
