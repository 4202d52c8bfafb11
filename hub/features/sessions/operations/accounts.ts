import { unlogged } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';
import { actOutcome } from '../../common/actOutcome.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';

/**
 * Returns the address to which the browser is sent to identify the person.
 * @throws Problem accounts_not_used, identity_provider_unavailable
 */
export const askForAccount = operation('askForAccount', {
  kind: 'none',
  run: async (call, { identity, hub }) => {
    return unlogged<'askForAccount'>(
      200,
      await identity.sessions.offerAccount(undefined, call.now, hub.staff.origin),
    );
  },
});

/** @throws Problem accounts_not_used, challenge_invalid, account_invalid, identity_provider_unavailable, already_registered */
export const registerAccount = operation('registerAccount', {
  kind: 'management',
  permission: everyone,
  owner: self,
  run: async (call, { identity, hub }) => {
    const answer = call.body;
    return actOutcome<'registerAccount'>(
      201,
      await identity.sessions.registerAccount(call.caller, answer, call, hub.staff.origin),
    );
  },
});
