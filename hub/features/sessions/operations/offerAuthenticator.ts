import { actOutcome } from '../../common/actOutcome.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem authenticator_present */
export const offerAuthenticator = operation('offerAuthenticator', {
  kind: 'management',
  permission: everyone,
  owner: self,
  run: async (call, { identity }) => {
    return actOutcome<'offerAuthenticator'>(
      201,
      await identity.sessions.offerAuthenticator(call.caller, call),
    );
  },
});
