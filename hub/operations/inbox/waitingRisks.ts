import type { Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { risksSeenBy } from '../risks/listRisks.ts';
import { riskView } from '../risks/riskView.ts';
import type { Services } from '../services.ts';

/** What rules over the log found and she may answer, but for what she handed on herself. */
export async function waitingRisks(call: Call<StaffCaller>, services: Services): Promise<readonly object[]> {
  const risks = await risksSeenBy(call.caller, services, 'acknowledgeRisk', true);
  return risks
    .filter(({ escalatedBy }) => escalatedBy !== call.caller.person)
    .map((row) => riskView(row, call.now));
}
