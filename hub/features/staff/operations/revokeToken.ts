import { actOutcome } from '../../common/actOutcome.ts';
import { revokeToken as act } from '../../../identity/persons/staffToken.ts';
import { credentialEnded } from '../../../domain/cells.ts';
import { self, anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem token_unknown */
export const revokeToken = operation('revokeToken', {
  kind: 'management',
  permission: credentialEnded,
  owner: (call, { identity }) => {
    const holder = identity.holderOf(call.params.token);
    return holder?.id === call.caller.person ? self(call) : anyOf(holder?.department);
  },
  run: async (call, { identity }) => {
    const { reason } = call.body;
    return actOutcome<'revokeToken'>(
      200,
      await identity.prepare(act, { id: call.params.token, reason }, call),
    );
  },
});
