import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/** GET /.well-known/jwks.json: the keys that the hub signs replies with, the retired ones too. Public: leaves no entry. */
export function getJwks(_call: Call, { identity }: Services): Outcome {
  return unlogged(200, identity.jwks());
}
