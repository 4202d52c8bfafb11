import { ofOneHand } from '../../domain/standIn.ts';
import type { Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { listRisks } from '../../store/risks/risks.ts';
import { riskPlaces } from '../risks/riskPlaces.ts';
import { riskView } from '../risks/riskView.ts';
import type { Services } from '../services.ts';
import { acknowledgeRisk } from '../risks/acknowledgeRisk.ts';

const most = 1_000;

/** What rules over the log found and she may answer, but for what she handed on herself, and what is about her. */
export async function waitingRisks(call: Call<StaffCaller>, services: Services) {
  const departments = riskPlaces(call.caller, services, acknowledgeRisk.permission);
  const filter = { unanswered: true, ...(departments === undefined ? {} : { departments }) };
  const risks = await listRisks(services.database.app, filter, most);
  return risks
    .filter(({ escalatedBy, person }) => ![escalatedBy, person].some((one) => ofOneHand(call.caller, one)))
    .map((row) => riskView(row, call.now, services.identity));
}
