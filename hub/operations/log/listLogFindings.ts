import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import { listFindings } from '../../store/audit/findings.ts';
import type { Services } from '../services.ts';

/** What the hub's own re-verification found and is not mended: also what the tree does not cover, search columns and subject tokens. */
export async function listLogFindings(_call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const findings = await listFindings(database.app);
  return allowed(200, { findings }, { facts: { change: { findings: findings.length } } });
}
