import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';

/** What the exchange listener, where a refused handshake is a bare reset, would say of this certificate. Leaves no entry. */
export function diagnoseHandshake(call: Call<Stranger>, { identity }: Services): Outcome {
  return unlogged(200, identity.diagnoseHandshake(call.caller.certificate));
}
