import { ofOneHand } from '../../../domain/standIn.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { listRisks } from '../../risks/store/risks.ts';
import { riskPlaces } from '../../risks/operations/riskPlaces.ts';
import { riskView } from '../../risks/operations/riskView.ts';
import type { Services } from '../../common/services.ts';
import { acknowledgeRisk } from '../../risks/operations/acknowledgeRisk.ts';

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
