import { unlogged } from '../../../pipeline/call.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * Returns the address to which the browser is sent for the account that the caller binds.
 * @throws Problem accounts_not_used, identity_provider_unavailable
 */
export const offerAccount = operation('offerAccount', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { identity, hub }) => {
    return unlogged<'offerAccount'>(
      200,
      await identity.sessions.offerAccount(call.caller, call.now, hub.staff.origin),
    );
  },
});
