import { consistency } from '../../audit/evidence/consistency.ts';
import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/** That the log only grew since the checkpoints somebody keeps. Public material: leaves no entry. @throws Problem log_shorter */
export async function proveConsistency(call: Call, services: Services): Promise<Outcome> {
  const { from = '', size } = call.query;
  const answer = await consistency(services, {
    from: from.split(',').map(Number),
    size: size === undefined ? undefined : Number(size),
  });
  return unlogged(200, answer);
}
