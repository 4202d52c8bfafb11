import { ofOneHand } from '../../../domain/standIn.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { listRisks } from '../../risks/store/risks.ts';
import { riskView, riskPlaces, acknowledgeRisk } from '../../risks/operations/risks.ts';
import type { Services } from '../../common/services.ts';
import type { components } from '../../../../api/openapi.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import { waitingEvidence } from '../../../log/store/evidence.ts';
import { evidenceView, answerEvidence } from '../../log/operations/evidence.ts';
import { moment } from '../../common/listing.ts';

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

/** Evidence about persons that another one asked for and she may release. */
export async function waitingReleases(
  { caller }: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<readonly components['schemas']['EvidenceRequested'][]> {
  if (verdictOf(answerEvidence.permission, caller.grants, [undefined]) !== 'act') return [];
  const rows = await waitingEvidence(database.app);
  return rows
    .filter(({ askedBy }) => !ofOneHand(caller, askedBy))
    .map((row) => ({ ...evidenceView(row, identity), since: moment(row.askedAt) }));
}
