import { unlogged } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';

/** What the exchange listener, where a refused handshake is a bare reset, would say of this certificate. Leaves no entry. */
export const diagnoseHandshake = operation('diagnoseHandshake', {
  kind: 'none',
  run: (call, { identity }) => {
    return unlogged<'diagnoseHandshake'>(200, identity.diagnoseHandshake(call.caller.certificate));
  },
});
