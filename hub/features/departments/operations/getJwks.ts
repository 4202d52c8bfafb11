import type { components } from '../../../../api/openapi.ts';
import { unlogged } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';

/** GET /.well-known/jwks.json: the keys that the hub signs replies with, the retired ones too. Public: leaves no entry. */
export const getJwks = operation('getJwks', {
  kind: 'none',
  run: (_call, { identity }) => {
    return unlogged<'getJwks'>(200, identity.jwks() as components['schemas']['Jwks']);
  },
});
