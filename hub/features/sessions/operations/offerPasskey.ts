import { unlogged } from '../../../pipeline/call.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** What the browser is asked to make a passkey for. */
export const offerPasskey = operation('offerPasskey', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: (call, { identity, hub }) => {
    return unlogged<'offerPasskey'>(200, {
      publicKey: identity.sessions.passkeyOptions(call.caller, call.now, hub.staff.origin),
    });
  },
});
