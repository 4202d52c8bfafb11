import { actOutcome } from '../../common/actOutcome.ts';
import { revokeToken as act } from '../../../identity/persons/staffToken.ts';
import { credentialEnded } from '../../../domain/cells.ts';
import { ofCredential } from '../../common/ofCredential.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem token_unknown, not_your_department */
export const revokeToken = operation('revokeToken', {
  kind: 'management',
  permission: credentialEnded,
  owner: (call, { identity }) => ofCredential(call, identity.holderOf(call.params.token), identity),
  run: async (call, { identity }) => {
    const { reason } = call.body;
    return actOutcome<'revokeToken'>(
      200,
      await identity.prepare(act, { id: call.params.token, reason }, call),
    );
  },
});
